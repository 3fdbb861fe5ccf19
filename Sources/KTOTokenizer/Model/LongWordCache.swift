internal import CTextKernels
internal import Glibc

/// Remembers the ids of pre-tokens of 16 bytes or more, as `WordCache` does those of shorter ones.
///
/// The bytes and the ids lie one behind the other in two buffers. When it is full it forgets everything.
struct LongWordCache: ~Copyable {
  /// Longer pre-tokens are not remembered.
  static let longestKey = 16 << 20
  /// Of bytes and ids together.
  private static let memoryLimit = 64 << 20
  private static let entryLimit = NumberTable.limit / 2

  // Not private: Swift 6.3 cannot compile that without optimisation (a plain `swift build`).
  struct Entry: BitwiseCopyable {
    var hash: UInt64
    var start: UInt32
    var byteCount: UInt32
    var idStart: UInt32
    /// Below a bit that says whether a text of these bytes alone is this one word.
    var idCount: UInt32

    static let isText: UInt32 = 1 << 31

    var ids: Range<Int> { Int(idStart)..<Int(idStart) + Int(idCount & ~Self.isText) }
  }

  private var entries = GrowingBuffer<Entry>()
  private var numbers = NumberTable()
  private var bytes = GrowingBuffer<UInt8>()
  private var ids = GrowingBuffer<UInt32>()
  private let seed = UInt64.random(in: 0...UInt64.max)

  func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 { unsafe byteHash(word, seed: seed) }

  /// Asks for the memory that looking for a hash reads first.
  @inline(__always)
  func prefetch(_ hash: UInt64) { numbers.prefetch(hash) }

  /// Asks for what is read next, when the memory of `prefetch` has come.
  @inline(__always)
  func prefetchEntry(_ hash: UInt64) { unsafe kto_prefetch(entries.start + numbers.firstNumber(hash)) }

  /// Asks for what is read last.
  @inline(__always)
  func prefetchWord(_ hash: UInt64) {
    let number = numbers.firstNumber(hash)
    if number < 0 { return }
    let entry = unsafe entries.start[number]
    unsafe kto_prefetch(bytes.start + Int(entry.start))
    unsafe kto_prefetch(ids.start + Int(entry.idStart))
  }

  /// Where the ids of a word seen before lie; nil for a new word.
  func find(_ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Range<Int>? {
    guard let number = unsafe number(of: word, hash) else { return nil }
    return unsafe entries.start[number].ids
  }

  /// `find` for a text that `markAsText` was told of.
  func find(text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Range<Int>? {
    guard let number = unsafe number(of: text, hash) else { return nil }
    let entry = unsafe entries.start[number]
    return entry.idCount & Entry.isText == 0 ? nil : entry.ids
  }

  /// Notes that a text is one word, if it is known as a word.
  func markAsText(_ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) {
    guard let number = unsafe number(of: text, hash) else { return }
    unsafe entries.start[number].idCount |= Entry.isText
  }

  @inline(__always)
  private func number(of word: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int? {
    numbers.find(hash) { number in
      let entry = unsafe entries.start[number]
      guard entry.hash == hash, entry.byteCount == UInt32(truncatingIfNeeded: word.count),
        let other = word.baseAddress
      else { return false }
      return unsafe memcmp(bytes.start + Int(entry.start), other, word.count) == 0
    }
  }

  /// The ids that `find` found.
  @inline(__always)
  func ids(_ range: Range<Int>) -> UnsafeBufferPointer<UInt32> { unsafe ids.part(range) }

  /// Remembers the ids of a word of 1 to `longestKey` bytes, unless it knows it or they alone are too many.
  mutating func insert(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ new: UnsafeBufferPointer<UInt32>
  ) {
    if unsafe new.count * 4 > Self.memoryLimit || number(of: word, hash) != nil { return }
    if bytes.count + ids.count * 4 > Self.memoryLimit || entries.count == Self.entryLimit {
      bytes.count = 0
      ids.count = 0
      entries.count = 0
      numbers.removeAll()
    }
    let number = entries.count
    if numbers.isTooSmall(for: number + 1) {
      numbers.clear(for: number + 1)
      for known in 0..<number { unsafe numbers.insert(known, entries.start[known].hash) }
    }
    numbers.insert(number, hash)
    entries.append(
      Entry(
        hash: hash, start: UInt32(bytes.count), byteCount: UInt32(word.count), idStart: UInt32(ids.count),
        idCount: UInt32(new.count)))
    unsafe bytes.append(word)
    unsafe ids.append(new)
  }
}
