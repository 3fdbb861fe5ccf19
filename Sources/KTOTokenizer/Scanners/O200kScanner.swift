extension ScannedText {
  /// Cuts as the pattern of o200k and of Tekken, with U = `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`,
  /// D = `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, C = `(?i:'s|'t|'re|'ve|'m|'ll|'d)?` and X = `[^\r\n\p{L}\p{N}]?`:
  /// `X U* D+ C|X U+ D* C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  ///
  /// O(bytes), but for letters without case, behind which capitals are looked at again once.
  @inline(__always)
  mutating func cutAsO200k(hasContractions: Bool, digitLimit: Int) {
    var position = 0
    while position < end {
      if let word = endOfCasedWord(position) {
        position = word
        if hasContractions, position < end, byte(position) == UInt8(ascii: "'"),
          let suffix = contraction(position, ignoresCase: true)
        {
          position = suffix
        }
      } else if has(Lane.number, position) {
        position = runEnd(Lane.number, position, limit: digitLimit)
      } else {
        let start = byte(position) == 0x20 ? position &+ 1 : position
        position =
          has(Lane.other, start)
          ? endOfNewlinesAndSlashes(runEnd(Lane.other, start))
          : endOfLines(position)
      }
      cut(at: position)
    }
  }

  /// The end of `X U* D+` or else of `X U+ D*`, each with X taken before X left out.
  @inline(__always)
  private func endOfCasedWord(_ position: Int) -> Int? {
    if has(Lane.letter, position) {
      return endThroughLower(position) ?? runEnd(Lane.upper, position)
    }
    if has(Lane.number, position) || has(Lane.newline, position) { return nil }
    let after = next(position)
    // A mark is no letter, so that X may take it; it is in both U and D as well.
    let isMark = has(Lane.upper, position)
    guard has(Lane.upper, after) || has(Lane.lower, after) else { return isMark ? after : nil }
    if let end = endThroughLower(after) { return end }
    return isMark ? endThroughLower(position) : runEnd(Lane.upper, after)
  }

  /// The end of `U* D+`: where the run of U gives back characters, the last that is also in D ends the match.
  @inline(__always)
  private func endThroughLower(_ position: Int) -> Int? {
    let capitals = runEnd(Lane.upper, position)
    if has(Lane.lower, capitals) { return runEnd(Lane.lower, capitals) }
    return last(Lane.lower, position, capitals).map { $0 + 1 }
  }

  @inline(__always)
  private func endOfNewlinesAndSlashes(_ position: Int) -> Int {
    var index = position
    while index < end, has(Lane.newline, index) || byte(index) == UInt8(ascii: "/") { index &+= 1 }
    return index
  }
}
