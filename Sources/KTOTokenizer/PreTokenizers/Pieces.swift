/// A section of text cut into pieces: what pre-tokenizers take and give.
struct Pieces: Sendable {
  private(set) var text: AlignedText
  /// The pieces in their order; none is empty, and what lies between two is dropped.
  private(set) var ranges: [Range<Int>]

  /// One piece that is the whole text.
  init(_ text: AlignedText) {
    self.text = text
    ranges = text.bytes.isEmpty ? [] : [text.bytes.indices]
  }

  /// Cuts every piece: `cut` appends to its last argument the pieces of a range, of which none may be empty.
  mutating func cut(
    by cut: (Span<UInt8>, Range<Int>, inout [Range<Int>]) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    var parts: [Range<Int>] = []
    parts.reserveCapacity(text.bytes.count / 4 + ranges.count)
    for range in ranges { try cut(text.bytes.span, range, &parts) }
    ranges = parts
  }

  /// Cuts every piece at the matches of a pattern.
  mutating func split(
    _ pattern: TextPattern, _ behavior: SplitBehavior, inverts: Bool = false
  ) throws(TokenizerError) {
    try cut { text, range, parts throws(TokenizerError) in
      var cutter = PieceCutter(behavior)
      var done = range.lowerBound
      try pattern.forEachMatch(in: text, range) { match in
        if done != match.lowerBound { cutter.add(done..<match.lowerBound, isMatch: inverts, to: &parts) }
        cutter.add(match, isMatch: !inverts, to: &parts)
        done = match.upperBound
      }
      if done != range.upperBound { cutter.add(done..<range.upperBound, isMatch: inverts, to: &parts) }
      cutter.finish(&parts)
    }
  }

  /// Writes every piece anew: `write` puts what a range of the source becomes.
  mutating func rewrite(
    expectedGrowth: Int, _ write: (Range<Int>, inout TextRewriter) -> Void
  ) {
    var rewriter = TextRewriter(text, expectedGrowth: expectedGrowth)
    for index in ranges.indices {
      let start = rewriter.count
      write(ranges[index], &rewriter)
      ranges[index] = start..<rewriter.count
    }
    text = rewriter.text
    ranges.removeAll { $0.isEmpty }
  }
}
