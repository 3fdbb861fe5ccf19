/// White space as most patterns after GPT-2's cut it: `[\r\n]*` behind punctuation, and `\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// Goes from block to block.
struct LineMasks {
  /// White space that is no new line.
  private(set) var plain: UInt64 = 0
  private(set) var behindPlain: UInt64 = 0
  /// Where a piece of white space begins: at its first character, and behind the last new line, which may also be one
  /// that `doubtful` has to take back.
  private(set) var starts: UInt64 = 0
  /// New lines behind other white space, before which no new line is the last.
  private(set) var doubtful: UInt64 = 0
  /// Whether the block's last byte is white space that is not part of punctuation, or a new line that is.
  private var endsInSpace: UInt64 = 0
  private var endsInTaken: UInt64 = 0

  typealias Lane = ClassMasks.Lane

  /// Goes on to a block, in which a lane has the punctuation.
  @inline(__always)
  mutating func advance(_ text: borrowing ScannedText, _ block: Int, punctuation: Int) {
    let newlines = text.mask(Lane.newline, block)
    plain = text.mask(Lane.space, block) & ~newlines
    behindPlain = text.after(Lane.space, block) & ~text.after(Lane.newline, block)
    // New lines behind punctuation go with it: the sum carries through each such run.
    let runs = newlines & (text.after(punctuation, block) | endsInTaken)
    let taken = newlines & ~(newlines &+ runs)
    let free = newlines & ~taken
    let spaces = plain | free
    let behindSpaces = spaces &<< 1 | endsInSpace
    starts = spaces & ~behindSpaces | plain & text.after(Lane.newline, block) & behindSpaces
    doubtful = free & behindPlain
    endsInSpace = spaces &>> 63
    endsInTaken = taken &>> 63
  }
}

extension ScannedText {
  /// Takes back the start behind the last new line but one, where `position` has a new line behind other white space.
  mutating func joinLines(before position: Int, punctuation: Int) {
    var start = position &- 1
    while start > 0, has(Lane.space, start &- 1), !has(Lane.newline, start &- 1) { start &-= 1 }
    var line = start
    while line > 0, has(Lane.newline, line &- 1) { line &-= 1 }
    // Behind punctuation's own new lines white space begins anew.
    if line < start, !(line > 0 && has(punctuation, line &- 1)) { join(at: start) }
  }
}
