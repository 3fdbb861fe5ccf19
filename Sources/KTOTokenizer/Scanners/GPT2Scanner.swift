extension ScannedText {
  /// Cuts as GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  ///
  /// With `digitsApart` as after a Digits stage that cuts out every number alone. O(bytes).
  @inline(__always)
  mutating func cutAsGPT2(digitsApart: Bool) {
    for block in 0..<blockCount {
      let letters = mask(Lane.letter, block)
      let numbers = mask(Lane.number, block)
      let spaces = mask(Lane.space, block)
      let high = mask(Lane.high, block)
      let behindBlank = after(Lane.blank, block)
      let behindOther = after(Lane.other, block)
      let beforeLetter = before(Lane.letter, block)
      var beforeWord = beforeLetter | before(Lane.other, block)

      // A run begins a piece, but for the blank before it, which does so in its place.
      var runs = letters & ~after(Lane.letter, block) | mask(Lane.other, block) & ~behindOther
      var starts: UInt64
      if digitsApart {
        starts = runs & ~behindBlank | numbers & mask(Lane.start, block)
      } else {
        runs |= numbers & ~after(Lane.number, block)
        starts = runs & ~behindBlank
        beforeWord |= before(Lane.number, block)
      }
      // White space before a word gives it, or leaves alone, its last character.
      let lastSpaces = spaces & beforeWord
      starts |= spaces & ~after(Lane.space, block) | lastSpaces & ~high
      let quotes = mask(Lane.quote, block) & ~behindOther & ~behindBlank & beforeLetter
      mark(block, starts: starts, special: quotes | lastSpaces & high)
    }
    mend { text, position in
      if text.byte(position) != UInt8(ascii: "'") {
        text.beginCharacter(at: position)
      } else if let suffix = text.contraction(position, ignoresCase: false) {
        text.join(at: position &+ 1)
        text.begin(at: suffix)
      }
    }
    cutAtStarts()
  }
}
