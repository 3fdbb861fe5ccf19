/// A section of text cut into pieces: what pre-tokenizers take and give.
struct Pieces: Sendable {
  /// Valid UTF-8.
  var text: [UInt8]
  /// Where each piece ends; each begins where the one before it ended. None is empty.
  var ends: [Int]

  /// One piece that is the whole text.
  init(_ text: [UInt8]) {
    self.text = text
    ends = text.isEmpty ? [] : [text.count]
  }

  /// Cuts every piece: `cut` appends to its last argument where the pieces of `range` end.
  mutating func cut(by cut: (Span<UInt8>, Range<Int>, inout [Int]) -> Void) {
    var cutEnds: [Int] = []
    cutEnds.reserveCapacity(text.count / 4 + ends.count)
    var start = 0
    for end in ends {
      cut(text.span, start..<end, &cutEnds)
      start = end
    }
    ends = cutEnds
  }

  /// Puts a space before every piece that does not begin with one.
  mutating func prefixSpaces() {
    var spaced: [UInt8] = []
    spaced.reserveCapacity(text.count + ends.count)
    var start = 0
    for index in ends.indices {
      let end = ends[index]
      if text[start] != 0x20 { spaced.append(0x20) }
      spaced += text[start..<end]
      ends[index] = spaced.count
      start = end
    }
    text = spaced
  }
}
