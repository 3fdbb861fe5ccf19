/// The file's `truncation`: how a sequence is cut to length.
package struct Truncation: Sendable, Equatable {
  /// Special tokens included.
  package var maxTokenCount: Int
  /// Keeps the end instead of the beginning.
  package var cutsLeft: Bool

  func apply(to ids: [UInt32], reserving added: Int) -> [UInt32] {
    let limit = max(0, maxTokenCount - added)
    guard ids.count > limit else { return ids }
    return Array(cutsLeft ? ids.suffix(limit) : ids.prefix(limit))
  }
}

/// The file's `padding`: how a sequence is filled up. A batch's longest, for one sequence, is its own length.
package struct Padding: Sendable, Equatable {
  package var fixedTokenCount: Int?
  package var multipleOf: Int?
  package var id: UInt32
  package var padsLeft: Bool

  func apply(to ids: [UInt32]) -> [UInt32] {
    var target = max(fixedTokenCount ?? ids.count, 0)
    if let multipleOf, multipleOf > 0, target % multipleOf > 0 { target += multipleOf - target % multipleOf }
    guard target > ids.count else { return ids }
    let fill = [UInt32](repeating: id, count: target - ids.count)
    return padsLeft ? fill + ids : ids + fill
  }
}
