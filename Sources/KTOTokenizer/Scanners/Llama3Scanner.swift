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
    var lines = LineMasks()
    var endsInMark: UInt64 = 0
    for block in 0..<blockCount {
      let letters = mask(Lane.letter, block)
      let numbers = mask(Lane.number, block)
      let others = mask(Lane.other, block)
      let high = mask(Lane.high, block)
      let behindOther = after(Lane.other, block)
      let beforeLetter = before(Lane.letter, block)
      lines.advance(self, block, punctuation: Lane.other)

      // A run of punctuation begins a piece, but for the blank before it.
      let runs = others & ~behindOther & ~after(Lane.blank, block)
      // A word takes one character before it: white space, or punctuation that stands alone.
      let marks = runs & ~high
      let words = letters & ~after(Lane.letter, block)
      let joined = words & (lines.behindPlain | marks &<< 1 | endsInMark)
      endsInMark = marks &>> 63
      let lastSpaces = lines.plain & (beforeLetter | before(Lane.other, block) | before(Lane.number, block))
      var starts = runs | words & ~joined | lines.starts | lastSpaces & ~high
      // Contractions, white space and punctuation beyond ASCII, lines with nothing but white space.
      var special = mask(Lane.quote, block) & marks & beforeLetter
      special |= lastSpaces & high | words & behindOther & after(Lane.high, block) | lines.doubtful
      if digitLimit == 1 {
        starts |= numbers & mask(Lane.start, block)
      } else {
        let firsts = numbers & ~after(Lane.number, block)
        starts |= firsts
        // Runs of as many bytes as there may be numbers are not too long.
        if digitLimit == 3 {
          special |=
            firsts & before(Lane.number, block) & before(Lane.number, block, by: 2)
            & before(Lane.number, block, by: 3)
        } else if digitLimit < .max {
          special |= firsts
        }
      }
      mark(block, starts: starts, special: special)
    }
    mend { text, position in text.mendAsLlama3(at: position, digitLimit: digitLimit) }
    if keepsFinalSpaces { joinFinalSpaces() }
    cutAtStarts()
  }

  @inline(__always)
  private mutating func mendAsLlama3(at position: Int, digitLimit: Int) {
    if byte(position) == UInt8(ascii: "'") {
      if let suffix = contraction(position, ignoresCase: true) { begin(at: suffix) }
    } else if has(Lane.letter, position) {
      // A word behind punctuation beyond ASCII takes one character that stands alone.
      let mark = previous(position)
      if mark == 0 || !(has(Lane.other, mark &- 1) || byte(mark &- 1) == 0x20) { join(at: position) }
    } else if has(Lane.number, position) {
      cutNumbers(at: position, limit: digitLimit)
    } else if has(Lane.newline, position) {
      joinLines(before: position, punctuation: Lane.other)
    } else {
      beginCharacter(at: position)
    }
  }

  /// White space at the text's end, but for new lines that go with punctuation, is one piece.
  private mutating func joinFinalSpaces() {
    var start = end
    while start > 0, has(Lane.space, start &- 1) { start &-= 1 }
    if start > 0, has(Lane.other, start &- 1) {
      while start < end, has(Lane.newline, start) { start &+= 1 }
    }
    for position in start..<end where position > start { join(at: position) }
  }

  /// The end of new lines behind punctuation: `[\r\n]*`.
  @inline(__always)
  func endOfNewlines(_ position: Int) -> Int {
    has(Lane.newline, position) ? runEnd(Lane.newline, position) : position
  }

  /// The end of a piece of white space: `\s*[\r\n]+|\s+(?!\S)|\s+`.
  @inline(__always)
  func endOfLines(_ position: Int) -> Int {
    let stop = runEnd(Lane.space, position)
    if let newline = last(Lane.newline, position, stop) { return newline + 1 }
    if stop == end { return stop }
    let last = previous(stop)
    return last > position ? last : stop
  }
}
