package import KTOCore

/// What an example is alike to others by, whatever its white space and the case of its letters.
///
/// Outer white space is removed, and each run of white space counts as one blank. 32 bytes, and 8 more for each
/// assistant's turn in the prompt.
package struct Likeness: Sendable, Hashable {
  /// Prompt and completion, the case of letters kept.
  package var row: WideKey
  /// The prompt, its case folded.
  package var prompt: UInt64
  /// Prompt and completion, their case folded: what a longer conversation that continues this one begins with.
  package var conversation: UInt64
  /// The beginnings of the prompt that end after an assistant's turn, their case folded: the conversations that this
  /// one may continue.
  package var beginnings: [UInt64]
}

/// Computes likenesses one after another; used by one thread.
///
/// One pass over the bytes of each message, into two buffers that stay.
struct LikenessReader: ~Copyable {
  /// The whole row, its case kept.
  private var row = GrowingBytes()
  /// One message, its case folded.
  private var message = GrowingBytes()
  // Bytes that UTF-8 does not have, so that no two lists of messages have the same bytes.
  private static let fieldEnd: UInt8 = 0xFF
  private static let promptEnd: UInt8 = 0xFE

  mutating func likeness(prompt: [Message], completion: [Message]) -> Likeness {
    row.count = 0
    var key: UInt64 = 0
    var beginnings: [UInt64] = []
    for message in prompt {
      key = add(message, after: key)
      if message.role == "assistant" { beginnings.append(key) }
    }
    let promptKey = key
    row.append(Self.promptEnd)
    for message in completion { key = add(message, after: key) }
    return Likeness(
      row: unsafe WideKey(row.span.bytes), prompt: promptKey, conversation: key, beginnings: beginnings)
  }

  /// - Returns: the key of the messages up to this one.
  private mutating func add(_ next: Message, after key: UInt64) -> UInt64 {
    message.count = 0
    addExactly(next.role)
    addNormalized(next.content)
    if let extra = next.extra { addExactly(extra) }
    row.append(Self.fieldEnd)
    return contentKey(message.span, after: key)
  }

  private mutating func addExactly(_ text: String) {
    for byte in text.utf8 {
      row.append(byte)
      message.append(byte)
    }
    row.append(Self.fieldEnd)
    message.append(Self.fieldEnd)
  }

  private mutating func addNormalized(_ text: String) {
    let bytes = text.utf8.span
    row.reserve(bytes.count)
    message.reserve(bytes.count)
    let written = unsafe row.withFreeSpace { kept in
      unsafe message.withFreeSpace { folded in
        unsafe normalizeWhiteSpace(of: bytes, into: kept, folded: folded)
      }
    }
    row.count += written
    message.count += written
    row.append(Self.fieldEnd)
    message.append(Self.fieldEnd)
  }
}

/// Bytes at the front of storage that only grows.
private struct GrowingBytes: ~Copyable {
  private var storage = [UInt8](repeating: 0, count: 4096)
  var count = 0

  var span: Span<UInt8> { storage.span.extracting(first: count) }

  /// Makes room for some bytes and for the block that may be written behind them.
  mutating func reserve(_ more: Int) {
    let wanted = count + more + 2 * normalizationBlock
    if wanted > storage.count {
      storage += [UInt8](repeating: 0, count: max(wanted - storage.count, storage.count))
    }
  }

  mutating func append(_ byte: UInt8) {
    if count == storage.count { reserve(1) }
    storage[count] = byte
    count += 1
  }

  /// The room behind what is written; what the body writes there counts only once `count` says so.
  mutating func withFreeSpace(_ body: (UnsafeMutablePointer<UInt8>) -> Int) -> Int {
    unsafe storage.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe body(base + count)
    }
  }
}
