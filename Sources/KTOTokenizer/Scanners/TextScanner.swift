/// Cuts text by a scanner and encodes the pieces, a window at a time.
///
/// Owns the masks and the list of ends. One belongs to one encoder.
@safe struct TextScanner: ~Copyable {
  private let scanner: Scanner
  private var masks: ClassMasks?
  private var ends: UnsafeMutablePointer<UInt32>
  private var capacity = TextScanner.windowSize

  /// Masks and ends of this much text stay in a core's nearest memories.
  private static let windowSize = 1 << 14

  init(_ scanner: Scanner) {
    self.scanner = scanner
    masks = scanner.meaning.map { ClassMasks($0) }
    unsafe ends = .allocate(capacity: Self.windowSize)
  }

  deinit { unsafe ends.deallocate() }

  /// Encodes valid UTF-8; the encoder's `flush` gives the ids.
  ///
  /// - Parameter readable: how many bytes may be read from `text` on, no fewer than `count`.
  mutating func encode(
    _ text: UnsafePointer<UInt8>, count: Int, readable: Int, with encoder: inout BPEEncoder
  ) {
    var start = 0
    while start < count {
      let length = unsafe windowLength(text + start, count - start)
      unsafe cut(text + start, length) { ends in
        unsafe encoder.encode(text + start, readable: readable - start, ends: ends)
      }
      start += length
    }
  }

  /// The pieces' ends, for tests and for stages that come after.
  mutating func ends(_ text: Span<UInt8>) -> [Int] {
    var all: [Int] = []
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      var start = 0
      while start < text.count {
        let length = unsafe windowLength(base + start, text.count - start)
        unsafe cut(base + start, length) { ends in
          for unsafe end in unsafe ends { all.append(start + Int(end)) }
        }
        start += length
      }
    }
    return all
  }

  @inline(__always)
  private mutating func cut(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Void
  ) {
    if count > capacity {
      unsafe ends.deallocate()
      capacity = max(count, capacity * 2)
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
      var index = size
      while index > size / 2 {
        if unsafe isBorder(text, index) { return index }
        index -= 1
      }
      size *= 2
    }
    return count
  }

  @inline(__always)
  private func isBorder(_ text: UnsafePointer<UInt8>, _ index: Int) -> Bool {
    guard unsafe (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[index - 1] | 0x20) else {
      return false
    }
    let byte = unsafe text[index]
    if scanner != .metaspace { return byte == 0x20 || byte == 0x0A }
    return unsafe byte == 0xE2 && text[index + 1] == 0x96 && text[index + 2] == 0x81
  }
}
