internal import CTextKernels

/// Cuts text by a scanner, a window at a time: short ones join the words that wait, others are encoded where they are.
///
/// Owns the masks and the list of ends. One belongs to one encoder.
@safe struct TextScanner: ~Copyable {
  private let scanner: Scanner
  private var masks: ClassMasks?
  /// Of a window that is encoded where it is.
  private var ends = GrowingBuffer<UInt32>(capacity: TextScanner.windowSize + TextScanner.slack)

  /// Masks and ends of this much text stay in a core's nearest memories.
  private static let windowSize = 1 << 14
  /// Shorter windows wait for others.
  private static let shortWindow = 1 << 12
  /// What may be written behind the ends.
  private static let slack = 64

  init(_ scanner: Scanner) {
    self.scanner = scanner
    masks = scanner.meaning.map { ClassMasks($0) }
  }

  /// Adds the words of valid UTF-8.
  ///
  /// - Parameters:
  ///   - addsBlank: whether a blank stands before the text.
  mutating func encode(
    _ text: UnsafeBufferPointer<UInt8>, addsBlank: Bool, _ queue: inout WordQueue,
    with encoder: inout BPEEncoder, into documents: inout EncodedDocuments
  ) {
    guard let base = text.baseAddress else { return }
    var start = 0
    while start < text.count {
      let length = unsafe windowLength(base + start, text.count &- start)
      let window = unsafe UnsafeBufferPointer(start: base + start, count: length)
      let addsBlank = addsBlank && start == 0
      if addsBlank || length <= Self.shortWindow {
        unsafe put(window, addsBlank: addsBlank, &queue)
        if queue.isFull { encoder.empty(&queue, into: &documents) }
      } else {
        encoder.empty(&queue, into: &documents)
        // A window as long as that is most often one word, which is not cut again where it comes again.
        let isLong = length > Self.windowSize
        if unsafe !isLong || !encoder.encodeKnown(window, into: &documents) {
          unsafe encode(window, readable: text.count &- start, &queue, with: &encoder, into: &documents)
          if isLong, ends.count == 1 { unsafe encoder.noteWord(window) }
        }
      }
      start &+= length
    }
  }

  /// Puts a window's words into the queue.
  private mutating func put(_ window: UnsafeBufferPointer<UInt8>, addsBlank: Bool, _ queue: inout WordQueue) {
    if addsBlank { queue.appendBlank() }
    let start = queue.text.count
    let text = unsafe queue.append(window)
    let place = unsafe queue.placeForEnds(window.count &+ Self.slack)
    queue.takeEnds(unsafe cut(text, window.count, to: place), from: start)
  }

  /// Encodes a window where it is, but for the last words of a text, from which not enough could be read.
  private mutating func encode(
    _ window: UnsafeBufferPointer<UInt8>, readable: Int, _ queue: inout WordQueue,
    with encoder: inout BPEEncoder, into documents: inout EncodedDocuments
  ) {
    guard let text = window.baseAddress else { return }
    ends.count = 0
    ends.reserve(window.count &+ Self.slack)
    ends.count = unsafe cut(text, window.count, to: ends.start)
    var count = ends.count
    func start(_ word: Int) -> Int { unsafe word == 0 ? 0 : Int(ends.start[word &- 1]) }
    while count > 0, start(count &- 1) &+ WordCache.readCount > readable { count &-= 1 }
    unsafe encoder.encode(
      text, ends: ends.part(0..<count), marks: UnsafeBufferPointer(start: nil, count: 0), into: &documents)
    for word in count..<ends.count {
      let end = unsafe Int(ends.start[word])
      unsafe queue.append(word: UnsafeBufferPointer(start: text + start(word), count: end &- start(word)))
    }
  }

  /// Whether a blank is put before a text, in place of the stage that would put U+2581.
  func addsBlank(before text: Span<UInt8>, isAtStart: Bool) -> Bool {
    guard case .metaspace(let words) = scanner, !text.isEmpty else { return false }
    let isMarked =
      text[0] == 0x20 || (text.count > 2 && text[0] == 0xE2 && text[1] == 0x96 && text[2] == 0x81)
    switch words.prefix {
    case .none: return false
    case .always: return true
    case .unlessMarked: return !isMarked
    case .unlessMarkedAtStart: return !isMarked && isAtStart
    }
  }

  /// Writes where each word of a window ends; answers how many they are.
  @inline(__always)
  private mutating func cut(_ text: UnsafePointer<UInt8>, _ count: Int, to ends: UnsafeMutablePointer<UInt32>)
    -> Int
  {
    unsafe masks?.classify(text, count: count)
    // Without masks the lanes are not read; any address will do.
    let lanes = unsafe masks?.lanes ?? UnsafeMutableRawPointer(ends).assumingMemoryBound(to: UInt64.self)
    var scanned = unsafe ScannedText(text: text, count: count, lanes: lanes, ends: ends)
    scanner.cut(&scanned)
    return scanned.endCount
  }

  /// How much of the text is scanned at once: up to a place where every scanner ends a piece, whatever stands around.
  ///
  /// That is between an ASCII letter and a blank, a line feed or U+2581: no piece of any of them goes on there.
  private func windowLength(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var size = Self.windowSize
    while size < count {
      let border = unsafe lastBorder(text, size / 2 + 1..<size + 1)
      if let border { return border }
      size *= 2
    }
    return count
  }

  /// The last border within a range, which does not begin with the text.
  private func lastBorder(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
    guard case .metaspace(let words) = scanner else {
      let border = unsafe Int(
        kto_last_word_end(kto_best_vectors(), text, Int64(range.lowerBound), Int64(range.upperBound)))
      return range.contains(border) ? border : nil
    }
    return range.last { index in
      let before = unsafe text[index - 1]
      guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(before | 0x20) else { return false }
      let byte = unsafe text[index]
      return unsafe !words.joinedPairs.contains(before, 0x20)
        && (byte == 0x20 || byte == 0xE2 && text[index + 1] == 0x96 && text[index + 2] == 0x81)
    }
  }
}
