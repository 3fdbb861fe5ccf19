internal import KTOCore

/// A name for a prompt: 16 hexadecimal digits of the SHA-256 of its messages' bytes, so that the same prompt
/// in different files is in the same group.
package func promptGroup(_ prompt: [Message]) -> String {
  String(contentHash(prompt).prefix(16))
}

/// The SHA-256 of messages, each field preceded by its length so that no two lists collide by joining.
package func contentHash(_ messages: [Message]) -> String {
  var hash = SHA256()
  hash.update(canonicalBytes(messages))
  return hash.finish()
}

func canonicalBytes(_ messages: [Message]) -> [UInt8] {
  var bytes: [UInt8] = []
  for message in messages {
    for field in [message.role, message.content, message.extra ?? ""] {
      append(UInt64(field.utf8.count), to: &bytes)
      bytes.append(contentsOf: field.utf8)
    }
  }
  return bytes
}

private func append(_ number: UInt64, to bytes: inout [UInt8]) {
  for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
}

/// Sixteen bytes that stand for a piece of content in sets: half of its SHA-256.
struct ContentKey: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  init(_ bytes: [UInt8]) {
    var hash = SHA256()
    hash.update(bytes)
    let digest = hash.finishBytes()
    high = digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Gives each example an id of its own; 8 bytes a record are kept, and a little more for ids that come again.
///
/// A class, so that reading a file needs no exclusive hold on the ingestor while it hands out examples. Used on
/// one thread.
final class IDRegistry {
  private var seen = Set<UInt64>()
  private var nextNumber: [UInt64: Int] = [:]

  /// `wanted` itself when it is new, otherwise with the first free suffix `~2`, `~3`, ….
  func unique(_ wanted: String) -> String {
    let key = ContentKey(Array(wanted.utf8)).high
    if seen.insert(key).inserted { return wanted }
    while true {
      let number = nextNumber[key, default: 2]
      nextNumber[key] = number + 1
      let candidate = "\(wanted)~\(number)"
      if seen.insert(ContentKey(Array(candidate.utf8)).high).inserted { return candidate }
    }
  }
}
