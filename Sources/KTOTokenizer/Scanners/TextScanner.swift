internal import CTextKernels

/// Cuts text by a scanner and encodes the pieces, a window at a time.
///
/// Owns the masks and the list of ends. One belongs to one encoder.
@safe struct TextScanner: ~Copyable {
  private let scanner: Scanner
  private var masks: ClassMasks?
  private var ends: UnsafeMutablePointer<UInt32>
  private var capacity = TextScanner.windowSize + TextScanner.slack

  /// Masks and ends of this much text stay in a core's nearest memories.
  private static let windowSize = 1 << 14
  /// What may be written behind the ends.
  private static let slack = 64

  init(_ scanner: Scanner) {
    self.scanner = scanner
    masks = scanner.meaning.map { ClassMasks($0) }
    unsafe ends = .allocate(capacity: capacity)
  }

  deinit { unsafe ends.deallocate() }

  /// Encodes valid UTF-8 and appends the ids.
  ///
  /// - Parameters:
  ///   - readable: how many bytes may be read from `text` on, no fewer than `count`.
  ///   - addsBlank: whether a blank stands before the text.
  mutating func encode(
    _ text: UnsafePointer<UInt8>, count: Int, readable: Int, addsBlank: Bool,
    with encoder: inout BPEEncoder, into ids: inout [UInt32]
  ) {
    var start = 0
    while start < count {
      let length = unsafe windowLength(text + start, count - start)
      unsafe cut(text + start, length) { ends in
        let isFirst = addsBlank && start == 0 && ends.count > 0
        if isFirst { unsafe encoder.encodeBehindBlank(text, Int(ends[0]), into: &ids) }
        unsafe encoder.encode(
          text + start, readable: readable - start, ends: ends, from: isFirst ? 1 : 0, into: &ids)
      }
      // While they are near.
      encoder.flush(into: &ids)
      start += length
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

  @inline(__always)
  private mutating func cut(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void
  ) {
    if count + Self.slack > capacity {
      unsafe ends.deallocate()
      capacity = max(count + Self.slack, capacity * 2)
      unsafe ends = .allocate(capacity: capacity)
    }
    unsafe masks?.classify(text, count: count)
    // Without masks the lanes are not read; any address will do.
    let lanes = unsafe masks?.lanes ?? UnsafeMutableRawPointer(ends).assumingMemoryBound(to: UInt64.self)
    var scanned = unsafe ScannedText(text: text, count: count, lanes: lanes, ends: ends)
    scanner.cut(&scanned)
    unsafe body(UnsafeBufferPointer(start: ends, count: scanned.endCount))
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
