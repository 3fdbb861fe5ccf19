/// sentencepiece's view of spaces: each becomes a visible character, and one may be put before a piece.
struct Metaspace: Sendable, Equatable {
  /// Before which pieces the replacement is put, unless they begin with it.
  enum Prepending: String, Sendable {
    case always, never
    /// Before a piece that begins where the input does.
    case first
  }

  /// One scalar, mostly ▁.
  var replacement: Unicode.Scalar
  var prepends: Prepending
  /// Whether pieces are cut before each replacement.
  var splits: Bool

  func apply(to pieces: inout Pieces) throws(TokenizerError) {
    let mark = Array(String(Character(replacement)).utf8)
    let current = pieces
    let source = current.text.bytes
    pieces.rewrite(expectedGrowth: source.count / 3) { range, rewriter in
      let isMarked =
        source[range.lowerBound] == 0x20
        || source[range].starts(with: mark)
      if !isMarked,
        prepends == .always || (prepends == .first && current.text.inputOffset(of: range.lowerBound) == 0)
      {
        rewriter.put(mark, for: range.lowerBound)
      }
      var done = range.lowerBound
      while let space = source.span.firstIndex(of: 0x20, from: done, to: range.upperBound) {
        rewriter.keep(done..<space)
        rewriter.put(mark, for: space)
        done = space + 1
      }
      rewriter.keep(done..<range.upperBound)
    }
    if splits { try pieces.split(.string(mark), .mergedWithNext) }
  }
}
