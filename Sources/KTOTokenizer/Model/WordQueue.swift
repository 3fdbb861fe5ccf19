/// Words of short texts, side by side, until there are enough of them to be encoded at once; and what stands between them.
///
/// The caches look up many words as fast as memory answers, but few only as fast as it answers one after the other.
@safe struct WordQueue: ~Copyable {
  /// What stands behind a number of the queue's words: the id of an added token, or the end of a document.
  struct Mark: BitwiseCopyable {
    /// In place of an id: the end of a document.
    static let documentEnd = UInt32.max

    var wordCount: Int
    var id: UInt32
  }

  /// Once it has as many bytes of text it is to be emptied; more would leave a core's own cache.
  private static let byteLimit = 1 << 14
  private static let markLimit = 1 << 10
  /// Room for so many bytes or words is kept for the next time.
  private static let keptCount = 1 << 20

  /// The words side by side.
  private(set) var text = GrowingBuffer<UInt8>(capacity: 2 << 14)
  /// Where each word ends in `text`.
  private(set) var ends = GrowingBuffer<UInt32>(capacity: 2 << 14)
  private(set) var marks = GrowingBuffer<Mark>()

  var isEmpty: Bool { ends.count == 0 && marks.count == 0 }

  var isFull: Bool { text.count >= Self.byteLimit || marks.count >= Self.markLimit }

  /// Puts down bytes without cutting them yet; answers where they lie until the queue changes.
  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8> {
    // The last word is read beyond its end.
    text.reserve(bytes.count + WordCache.readCount)
    let place = unsafe text.end
    unsafe text.append(bytes)
    return unsafe UnsafePointer(place)
  }

  /// Where the ends of up to `count` words may be written, counted from `start` in the queue's text.
  @inline(__always)
  mutating func placeForEnds(_ count: Int) -> UnsafeMutablePointer<UInt32> {
    ends.reserve(count)
    return unsafe ends.end
  }

  /// Takes the ends that were written as those of further words.
  @inline(__always)
  mutating func takeEnds(_ count: Int, from start: Int) {
    let new = unsafe ends.end
    let offset = UInt32(truncatingIfNeeded: start)
    for index in 0..<count { unsafe new[index] &+= offset }
    ends.count &+= count
  }

  /// Begins the next word with a blank.
  mutating func appendBlank() { text.append(0x20) }

  /// Adds a word.
  mutating func append(word: UnsafeBufferPointer<UInt8>) {
    _ = unsafe append(word)
    ends.append(UInt32(truncatingIfNeeded: text.count))
  }

  /// Adds the id of an added token, or the end of a document.
  mutating func append(mark id: UInt32) { marks.append(Mark(wordCount: ends.count, id: id)) }

  mutating func removeAll() {
    text.removeAll(keeping: Self.keptCount)
    ends.removeAll(keeping: Self.keptCount)
    marks.count = 0
  }
}
