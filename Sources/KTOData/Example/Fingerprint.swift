internal import KTOCore

/// What an example is known by: equal prompts share `prompt`, equal rows share `row`.
///
/// Computed once for each example, from two SHA-256 digests. Ids of groups, splits and what a balance leaves out
/// follow from it, so it is the same in every run, on every machine and in every version.
package struct Fingerprint: Sendable, Hashable {
  /// The first 8 bytes of the digest of the prompt's messages.
  package var prompt: UInt64
  /// The first 8 bytes of the digest of the prompt's and the completion's messages.
  package var row: UInt64
  /// The next 8 bytes of the same digest: with `row` 128 bits, for finding rows that come again.
  package var rowTail: UInt64
  /// What the example is alike to others by.
  package var likeness: Likeness

  /// The name of the group that rows with this prompt are in, unless their source names another: 16 hexadecimal
  /// digits.
  package var group: String {
    let digits = String(prompt, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Computes fingerprints one after another; used by one thread.
struct Fingerprinter: ~Copyable {
  private var hash = SHA256()
  private var buffer: [UInt8] = []
  private var likenesses = LikenessReader()

  mutating func fingerprint(prompt: [Message], completion: [Message]) -> Fingerprint {
    buffer.removeAll(keepingCapacity: true)
    for message in prompt {
      for field in message.fields { buffer.append(field, lengthAs: UInt64.self) }
    }
    let promptDigest = digest()
    buffer.removeAll(keepingCapacity: true)
    for messages in [prompt, completion] {
      buffer.append(littleEndian: UInt32(truncatingIfNeeded: messages.count))
      for message in messages {
        for field in message.fields { buffer.append(field, lengthAs: UInt32.self) }
      }
    }
    let rowDigest = digest()
    return Fingerprint(
      prompt: promptDigest.0, row: rowDigest.0, rowTail: rowDigest.1,
      likeness: likenesses.likeness(prompt: prompt, completion: completion))
  }

  private mutating func digest() -> (UInt64, UInt64) {
    hash.reset()
    hash.update(buffer)
    let bytes = hash.finishBytes()
    return (bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension Message {
  /// What tells messages apart.
  fileprivate var fields: [String] { [role, content, extra ?? ""] }
}

extension [UInt8] {
  /// A text after its length, so that no two lists of texts have the same bytes.
  fileprivate mutating func append(_ text: String, lengthAs: (some FixedWidthInteger).Type) {
    append(littleEndian: lengthAs.init(truncatingIfNeeded: text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
