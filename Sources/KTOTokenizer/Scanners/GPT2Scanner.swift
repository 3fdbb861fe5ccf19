extension ScannedText {
  /// Cuts as GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  ///
  /// With `digitsApart` as after a Digits stage that cuts out every number alone. O(bytes).
  @inline(__always)
  mutating func cutAsGPT2(digitsApart: Bool) {
    var position = 0
    while position < end {
      let byte = byte(position)
      var start = position
      if byte == 0x20 {
        start = position &+ 1
      } else if byte == UInt8(ascii: "'"), let suffix = contraction(position, ignoresCase: false) {
        position = suffix
        cut(at: position)
        continue
      }
      if has(Lane.letter, start) {
        position = runEnd(Lane.letter, start)
      } else if has(Lane.other, start) {
        position = runEnd(Lane.other, start)
      } else if has(Lane.number, start), !digitsApart || start == position {
        position = digitsApart ? next(start) : runEnd(Lane.number, start)
      } else {
        position = endOfSpaces(position, numberIsEnd: digitsApart)
      }
      cut(at: position)
    }
  }

  /// The end of a piece of white space: the whole run at the text's end, otherwise all but its last character.
  ///
  /// - Parameter numberIsEnd: whether a number stands in a piece of its own, before which the text ends.
  @inline(__always)
  func endOfSpaces(_ position: Int, numberIsEnd: Bool) -> Int {
    let stop = runEnd(Lane.space, position)
    if stop == end || (numberIsEnd && has(Lane.number, stop)) { return stop }
    let last = previous(stop)
    return last > position ? last : stop
  }
}
