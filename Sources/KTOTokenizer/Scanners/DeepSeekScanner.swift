extension ScannedText {
  /// Cuts as the stages of DeepSeek V3, one after the other: `\p{N}{1,3}`, `[一-龥぀-ゟ゠-ヿ]+`, and
  /// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+``.
  ///
  /// What no alternative matches is a piece up to the next match. Lanes have `ClassMasks.Meaning.ideographs`. O(bytes).
  mutating func cutAsDeepSeek() {
    if markAsDeepSeek() { cutAtStarts() } else { cutAsDeepSeekSlowly() }
  }

  /// Marks where pieces begin; false where the text has a character that no alternative begins with.
  private mutating func markAsDeepSeek() -> Bool {
    var lines = LineMasks()
    var endsInMark: UInt64 = 0
    for block in 0..<blockCount {
      if mask(Lane.other, block) != 0 { return false }
      let letters = mask(Lane.letter, block)
      let numbers = mask(Lane.number, block)
      let punctuation = mask(Self.punctuation, block)
      let ideographs = mask(Self.ideograph, block)
      let high = mask(Lane.high, block)
      lines.advance(self, block, punctuation: Self.punctuation)

      // A run of punctuation begins a piece, but for the blank before it.
      let runs = punctuation & ~after(Self.punctuation, block) & ~after(Lane.blank, block)
      // A word takes white space before it, an ASCII word also an ASCII mark that stands alone.
      let marks = runs & ~high
      let words = letters & ~after(Lane.letter, block)
      let joined = words & (lines.behindPlain | ~high & (marks &<< 1 | endsInMark))
      endsInMark = marks &>> 63
      let lastSpaces = lines.plain & (before(Lane.letter, block) | before(Self.punctuation, block))
      let firsts = numbers & ~after(Lane.number, block)
      let starts =
        runs | words & ~joined | firsts | ideographs & ~after(Self.ideograph, block) | lines.starts
        | lastSpaces & ~high
      // White space beyond ASCII, lines with nothing but white space, letters beyond ASCII behind ASCII ones, and
      // numbers of more than three bytes.
      var special = lastSpaces & high | lines.doubtful
      special |= letters & high & after(Lane.letter, block) & ~after(Lane.high, block)
      special |=
        firsts & before(Lane.number, block) & before(Lane.number, block, by: 2)
        & before(Lane.number, block, by: 3)
      mark(block, starts: starts, special: special)
    }
    mend { text, position in text.mendAsDeepSeek(at: position) }
    return true
  }

  private mutating func mendAsDeepSeek(at position: Int) {
    if has(Lane.letter, position) {
      // A mark takes the ASCII letters behind it alone.
      var start = position &- 1
      while start > 0, has(Lane.letter, start &- 1), byte(start &- 1) < 0x80 { start &-= 1 }
      let mark = start &- 1
      guard mark >= 0, byte(mark) < 0x80, has(Self.punctuation, mark) else { return }
      if mark == 0 || !(has(Self.punctuation, mark &- 1) || byte(mark &- 1) == 0x20) { begin(at: position) }
    } else if has(Lane.number, position) {
      cutNumbers(at: position, limit: 3)
    } else if has(Lane.newline, position) {
      joinLines(before: position, punctuation: Self.punctuation)
    } else {
      beginCharacter(at: position)
    }
  }

  /// The same, a piece after the other.
  private mutating func cutAsDeepSeekSlowly() {
    var position = 0
    while position < end {
      if has(Lane.letter, position) {
        position = runEnd(Lane.letter, position)
      } else if has(Lane.space, position) {
        position = endOfSpacesBeforeWords(position)
      } else if has(Self.punctuation, position) {
        position = endOfPunctuation(position)
      } else if has(Lane.number, position) {
        position = runEnd(Lane.number, position, limit: 3)
      } else if has(Self.ideograph, position) || isIdeographic(position) {
        position = cutIdeographs(position)
        continue
      } else {
        position = endOfUnmatched(position)
      }
      cut(at: position)
    }
  }

  private static let punctuation = Lane.upper
  private static let ideograph = Lane.lower

  /// White space: before a letter its last character goes with the word, before punctuation a blank does.
  @inline(__always)
  private func endOfSpacesBeforeWords(_ position: Int) -> Int {
    let after = next(position)
    if !has(Lane.newline, position), has(Lane.letter, after) { return runEnd(Lane.letter, after) }
    if byte(position) == 0x20, has(Self.punctuation, after) {
      return endOfNewlines(runEnd(Self.punctuation, after))
    }
    let stop = runEnd(Lane.space, position)
    if let newline = last(Lane.newline, position, stop) { return newline + 1 }
    // Numbers and ideographs stand in pieces of their own, before which the text ends.
    if stop == end || has(Lane.number, stop) || has(Self.ideograph, stop) || isIdeographic(stop) {
      return stop
    }
    let last = previous(stop)
    return last > position ? last : stop
  }

  @inline(__always)
  private func endOfPunctuation(_ position: Int) -> Int {
    if byte(position) < 0x80 {
      let stop = endOfASCIILetters(position &+ 1)
      if stop > position &+ 1 { return stop }
    }
    return endOfNewlines(runEnd(Self.punctuation, position))
  }

  @inline(__always)
  private func endOfASCIILetters(_ position: Int) -> Int {
    var index = position
    while index < end, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte(index) | 0x20) { index &+= 1 }
    return index
  }

  /// Characters that no alternative begins with, up to one that a letter follows: that one goes with the word.
  private func endOfUnmatched(_ position: Int) -> Int {
    var index = position
    while index < end, has(Lane.other, index), !isIdeographic(index) {
      let after = next(index)
      if has(Lane.letter, after) { return index == position ? runEnd(Lane.letter, after) : index }
      index = after
    }
    return index
  }

  /// Whether a character of the lane `other`, or the end, is in the ranges that are cut out: U+3040 to 30FF, of
  /// which the lane of ideographs has the letters and marks.
  private func isIdeographic(_ position: Int) -> Bool {
    guard position < end, has(Lane.other, position), byte(position) == 0xE3 else { return false }
    return (0x81...0x83).contains(byte(position + 1))
  }

  /// Cuts a run of ideographs and kana by the third pattern, for which the run is all the text.
  private mutating func cutIdeographs(_ start: Int) -> Int {
    var stop = start
    while has(Self.ideograph, stop) || isIdeographic(stop) {
      stop = has(Self.ideograph, stop) ? runEnd(Self.ideograph, stop) : next(stop)
    }
    var position = start
    while position < stop {
      if has(Self.ideograph, position) {
        position = runEnd(Self.ideograph, position)
      } else if isKanaPunctuation(position) {
        while position < stop, isIdeographic(position), isKanaPunctuation(position) {
          position = next(position)
        }
      } else {
        position = endOfUnmatchedKana(position, stop)
      }
      cut(at: position)
    }
    return stop
  }

  /// U+309B, U+309C, U+30A0 and U+30FB: symbols and punctuation. The others outside the lane are unassigned.
  private func isKanaPunctuation(_ position: Int) -> Bool {
    switch (byte(position + 1), byte(position + 2)) {
    case (0x82, 0x9B), (0x82, 0x9C), (0x82, 0xA0), (0x83, 0xBB): true
    default: false
    }
  }

  private func endOfUnmatchedKana(_ position: Int, _ stop: Int) -> Int {
    var index = position
    while index < stop, !has(Self.ideograph, index), !isKanaPunctuation(index) {
      let after = next(index)
      if has(Self.ideograph, after) { return index == position ? runEnd(Self.ideograph, after) : index }
      index = after
    }
    return index
  }
}
