/// The file's `truncation`: how a sequence is cut to length.
package struct Truncation: Sendable, Equatable {
  /// Special tokens included.
  package var maxTokenCount: Int
  /// Keeps the end instead of the beginning.
  package var cutsLeft: Bool

  /// The tokens that stay.
  /// - Parameter added: how many special tokens are to be put around them.
  func apply<Token>(to tokens: [Token], reserving added: Int) -> [Token] {
    let limit = max(0, maxTokenCount - added)
    guard tokens.count > limit else { return tokens }
    return Array(cutsLeft ? tokens.suffix(limit) : tokens.prefix(limit))
  }
}

/// The file's `padding`: how a sequence is filled up. A batch's longest, for one sequence, is its own length.
package struct Padding: Sendable, Equatable {
  package var fixedTokenCount: Int?
  package var multipleOf: Int?
  package var id: UInt32
  package var padsLeft: Bool

  /// The tokens with `filler` before or after them.
  func apply<Token>(to tokens: [Token], _ filler: Token) -> [Token] {
    var target = max(fixedTokenCount ?? tokens.count, 0)
    if let multipleOf, multipleOf > 0, target % multipleOf > 0 { target += multipleOf - target % multipleOf }
    guard target > tokens.count else { return tokens }
    let fill = [Token](repeating: filler, count: target - tokens.count)
    return padsLeft ? fill + tokens : tokens + fill
  }
}
