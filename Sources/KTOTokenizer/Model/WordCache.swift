/// Remembers the ids of short pre-tokens, so that a word seen before costs one look-up.
///
/// Open addressing over 128-bit keys (up to 15 bytes and their count); at most `limit` words are kept, after
/// which the table only answers. One cache belongs to one encoder.
struct WordCache: Sendable {
  /// A pre-token of at most 15 bytes; the topmost byte holds the count, so no key is zero.
  struct Key: Equatable, Sendable {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    init?(_ text: Span<UInt8>, _ range: Range<Int>) {
      let count = range.count
      guard count <= 15 else { return nil }
      var low: UInt64 = 0
      var high = UInt64(count) << 56
      var shift: UInt64 = 0
      for index in range {
        if shift < 64 {
          low |= UInt64(text[index]) &<< shift
        } else {
          high |= UInt64(text[index]) &<< (shift &- 64)
        }
        shift &+= 8
      }
      self.low = low
      self.high = high
    }
  }

  private struct Entry {
    var key: Key?
    var start: UInt32
    var count: UInt32
  }

  private static let sizeBits: UInt64 = 17
  private static let limit = 1 << 16
  private var entries: [Entry] = []
  private var ids: [UInt32] = []
  private var count = 0

  /// Appends the ids of a word seen before and answers true, or answers false.
  @inline(__always)
  func append(_ key: Key, to output: inout [UInt32]) -> Bool {
    guard !entries.isEmpty else { return false }
    let entry = entries[place(of: key)]
    guard entry.key != nil else { return false }
    for offset in 0..<Int(entry.count) { output.append(ids[Int(entry.start) + offset]) }
    return true
  }

  /// Keeps the ids of a word, unless the cache is full.
  mutating func insert(_ key: Key, _ word: ArraySlice<UInt32>) {
    guard count < Self.limit else { return }
    if entries.isEmpty {
      entries = [Entry](repeating: Entry(key: nil, start: 0, count: 0), count: 1 << Int(Self.sizeBits))
    }
    let index = place(of: key)
    guard entries[index].key == nil else { return }
    entries[index] = Entry(key: key, start: UInt32(ids.count), count: UInt32(word.count))
    ids.append(contentsOf: word)
    count += 1
  }

  @inline(__always)
  private func place(of key: Key) -> Int {
    let mixed = (key.low ^ (key.high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    var index = Int(truncatingIfNeeded: mixed >> (64 - Self.sizeBits))
    let mask = entries.count - 1
    while let other = entries[index].key, other != key { index = (index + 1) & mask }
    return index
  }
}
