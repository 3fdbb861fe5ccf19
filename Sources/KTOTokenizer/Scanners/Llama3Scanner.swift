extension ScannedText {
  /// Cuts as the pattern of cl100k, Llama 3 and Qwen:
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
  ///
  /// `\s*[\r\n]` in place of `\s*[\r\n]+` cuts the same. Where marks count as letters the masks say so. O(bytes).
  /// - Parameters:
  ///   - digitLimit: how many numbers a piece holds.
  ///   - keepsFinalSpaces: `\s++$` before `\s*[\r\n]`: white space at the text's end is one piece.
  @inline(__always)
  mutating func cutAsLlama3(digitLimit: Int, keepsFinalSpaces: Bool) {
    var position = 0
    while position < end {
      if has(Lane.letter, position) {
        position = runEnd(Lane.letter, position)
      } else if has(Lane.number, position) {
        position = runEnd(Lane.number, position, limit: digitLimit)
      } else {
        let byte = byte(position)
        if byte == UInt8(ascii: "'"), let suffix = contraction(position, ignoresCase: true) {
          position = suffix
        } else {
          let after = next(position)
          if has(Lane.letter, after), !has(Lane.newline, position) {
            position = runEnd(Lane.letter, after)
          } else if has(Lane.other, position) {
            position = endOfNewlines(runEnd(Lane.other, position))
          } else if byte == 0x20, has(Lane.other, after) {
            position = endOfNewlines(runEnd(Lane.other, after))
          } else {
            position = endOfLines(position, keepsFinalSpaces: keepsFinalSpaces)
          }
        }
      }
      cut(at: position)
    }
  }

  @inline(__always)
  func endOfNewlines(_ position: Int) -> Int {
    has(Lane.newline, position) ? runEnd(Lane.newline, position) : position
  }

  /// The end of a piece of white space: `\s*[\r\n]+|\s+(?!\S)|\s+`.
  @inline(__always)
  func endOfLines(_ position: Int, keepsFinalSpaces: Bool) -> Int {
    let stop = runEnd(Lane.space, position)
    if stop == end, keepsFinalSpaces { return stop }
    if let newline = last(Lane.newline, position, stop) { return newline + 1 }
    if stop == end { return stop }
    let last = previous(stop)
    return last > position ? last : stop
  }
}
