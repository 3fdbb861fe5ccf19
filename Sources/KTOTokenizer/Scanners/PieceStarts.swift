internal import CTextKernels

/// Pieces found 64 bytes at a time: a scanner marks in two lanes of each block where pieces begin and which bytes need a
/// second look, mends what these ask for, and turns the marks into ends.
extension ScannedText {
  /// Writes what a scanner found in a block.
  @inline(__always)
  mutating func mark(_ block: Int, starts: UInt64, special: UInt64) {
    let lanes = unsafe self.lanes + block &* Lane.count
    unsafe lanes[Lane.pieceStart] = starts
    unsafe lanes[Lane.special] = special
  }

  /// Visits the bytes marked as special, in order.
  @inline(__always)
  mutating func mend(_ body: (inout ScannedText, Int) -> Void) {
    for block in 0..<blockCount {
      var special = mask(Lane.special, block)
      while special != 0 {
        body(&self, block &<< 6 &+ special.trailingZeroBitCount)
        special &= special &- 1
      }
    }
  }

  /// Begins a piece at a position; not at the text's end.
  @inline(__always)
  mutating func begin(at position: Int) {
    guard position < end else { return }
    unsafe lanes[(position &>> 6) &* Lane.count &+ Lane.pieceStart] |= 1 &<< UInt64(position & 63)
  }

  /// Lets the piece before a position go on.
  @inline(__always)
  mutating func join(at position: Int) {
    unsafe lanes[(position &>> 6) &* Lane.count &+ Lane.pieceStart] &= ~(1 &<< UInt64(position & 63))
  }

  /// Ends a piece wherever another begins, and at the text's end.
  @inline(__always)
  mutating func cutAtStarts() {
    guard end > 0 else { return }
    // No piece ends where the text begins.
    join(at: 0)
    endCount = unsafe Int(
      kto_bit_positions(vectors, lanes, Int64(blockCount), Int32(Lane.pieceStart), ends))
    cut(at: end)
  }

  /// Marks the start of a last character that is not ASCII, at whose last byte `position` is.
  @inline(__always)
  mutating func beginCharacter(at position: Int) { begin(at: previous(position &+ 1)) }

  /// Ends a piece after every `limit` numbers of a run.
  @inline(__always)
  mutating func cutNumbers(at position: Int, limit: Int) {
    var index = runEnd(Lane.number, position, limit: limit)
    while has(Lane.number, index) {
      begin(at: index)
      index = runEnd(Lane.number, index, limit: limit)
    }
  }
}
