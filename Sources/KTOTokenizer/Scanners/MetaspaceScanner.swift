internal import CByteMasks

/// How a model over U+2581, which stands for a blank, sees words.
struct MetaspaceWords: Sendable, Equatable {
  /// What is put before a text that is not empty, as its normalizers or its only pre-tokenizer do.
  enum Prefix: Sendable, Equatable {
    case none
    case always
    /// Before a text that begins with no mark.
    case unlessMarked
    /// As `unlessMarked`, and only where the input begins.
    case unlessMarkedAtStart
  }

  /// Whether blanks are still blanks, so that no stage before the model need run at all.
  var readsBlanks: Bool
  var prefix = Prefix.none
  /// The last bytes of characters that stand before U+2581 in a token: behind them no word may be cut.
  var joiningBytes: ByteSet
}

/// A set of bytes.
struct ByteSet: Sendable, Equatable {
  private var bits = SIMD4<UInt64>()

  mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { bits[Int(byte &>> 6)] &>> UInt64(byte & 63) & 1 != 0 }
}

extension ScannedText {
  /// Cuts before every blank and U+2581 (E2 96 81) behind another character, unless a token may join the two.
  ///
  /// Exact, since what BPE joins across a border is a token, and holds the character before the mark. Reads no masks.
  /// O(bytes).
  mutating func cutBeforeMarks(_ words: MetaspaceWords) {
    var block = 0
    // Where the last mark ends: a mark right there is in the same run.
    var runEnd = 0
    while block < end {
      var hits = marks(from: block)
      while hits != 0 {
        let position = block &+ hits.trailingZeroBitCount
        hits &= hits &- 1
        let width = byte(position) == 0x20 ? 1 : 3
        if width == 3, !isMark(position) { continue }
        if position > runEnd, !words.joiningBytes.contains(byte(position &- 1)) { cut(at: position) }
        runEnd = position &+ width
      }
      block &+= 64
    }
    if end > 0 { cut(at: end) }
  }

  @inline(__always)
  private func isMark(_ position: Int) -> Bool {
    position &+ 2 < end && byte(position &+ 1) == 0x96 && byte(position &+ 2) == 0x81
  }

  /// Where in 64 bytes are blanks and bytes E2.
  @inline(__always)
  private func marks(from block: Int) -> UInt64 {
    if end &- block >= 64 { return unsafe kto_equal_mask(text + block, 0x20, 0xE2) }
    var mask: UInt64 = 0
    for position in block..<end where byte(position) == 0x20 || byte(position) == 0xE2 {
      mask |= 1 &<< UInt64(position &- block)
    }
    return mask
  }
}
