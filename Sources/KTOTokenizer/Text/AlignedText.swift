/// Text on its way through the stages: valid UTF-8 and, where offsets are wanted, where each byte came from.
struct AlignedText: Sendable {
  var bytes: [UInt8]
  /// For each byte the part of the input it stands for, in bytes; nil where nobody asked.
  var origins: [Range<Int>]?
  /// Where in the input the text began, before any stage changed it.
  private(set) var start: Int

  /// A part of the input as it is.
  /// - Parameters:
  ///   - start: where in the input it begins.
  ///   - isTraced: whether to keep where each byte came from, which takes 16 bytes a byte.
  init(_ part: Span<UInt8>, startingAt start: Int = 0, isTraced: Bool) {
    bytes = unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
    self.start = start
    guard isTraced else { return }
    var origins: [Range<Int>] = []
    origins.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let end = min(index + utf8Width(bytes[index]), bytes.count)
      let origin = (start + index)..<(start + end)
      for _ in index..<end { origins.append(origin) }
      index = end
    }
    self.origins = origins
  }

  /// An empty text that is to hold what another becomes.
  fileprivate init(rewriting source: AlignedText) {
    bytes = []
    start = source.start
    if source.origins != nil { origins = [] }
  }

  /// A part of the text, which is not empty, as a text of its own.
  func part(_ range: Range<Int>) -> AlignedText {
    var part = self
    part.start = inputOffset(of: range.lowerBound)
    if range == bytes.indices { return part }
    part.bytes = Array(bytes[range])
    if let origins { part.origins = Array(origins[range]) }
    return part
  }

  /// Where in the input that begins which a byte stands for; not traced, this holds while nothing was changed.
  func inputOffset(of index: Int) -> Int { origins?[index].lowerBound ?? start + index }

  /// Where in the input the text ends; not traced, this holds while nothing was changed.
  var inputEnd: Int { origins.map { $0.last?.upperBound ?? start } ?? start + bytes.count }

  /// The part of the input that some bytes stand for; nil where the text is not traced or has no such bytes.
  func inputRange(of range: Range<Int>) -> Range<Int>? {
    guard let origins, !range.isEmpty, range.lowerBound >= 0, range.upperBound <= origins.count else {
      return nil
    }
    let start = origins[range.lowerBound].lowerBound
    return start..<max(start, origins[range.upperBound - 1].upperBound)
  }
}

/// Writes a text anew from another, and keeps track of where each byte came from if the other does.
struct TextRewriter {
  let source: AlignedText
  private(set) var text: AlignedText

  init(_ source: AlignedText, expectedGrowth: Int = 0) {
    self.source = source
    text = AlignedText(rewriting: source)
    text.bytes.reserveCapacity(source.bytes.count + expectedGrowth)
    text.origins?.reserveCapacity(source.bytes.count + expectedGrowth)
  }

  /// How many bytes are written.
  var count: Int { text.bytes.count }

  /// Appends a part of the source as it is.
  mutating func keep(_ range: Range<Int>) {
    if range.isEmpty { return }
    text.bytes.append(contentsOf: source.bytes[range])
    if let origins = source.origins { text.origins?.append(contentsOf: origins[range]) }
  }

  /// Appends bytes that stand for what the source's byte at `index` stands for; before the first byte, for
  /// nothing at the text's beginning.
  mutating func put(_ bytes: some Collection<UInt8>, for index: Int) {
    text.bytes.append(contentsOf: bytes)
    guard let origins = source.origins else { return }
    let origin = origins.indices.contains(index) ? origins[index] : text.start..<text.start
    for _ in 0..<bytes.count { text.origins?.append(origin) }
  }
}
