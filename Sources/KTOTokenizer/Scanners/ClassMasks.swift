internal import CTextKernels

/// The classes of a text's bytes as bit masks, which scanners search instead of the text.
///
/// A few lanes of 64 bits for each block of 64 bytes, side by side. Every byte of a character has the character's
/// bits. Owns its memory, which grows to the longest text; lanes are zero before the text and from its end on.
@safe struct ClassMasks: ~Copyable {
  /// What the lanes mean depends on the pattern that reads them.
  enum Meaning: Sendable, Equatable {
    /// Lanes as named in `Lane`. `digits` takes as numbers what the Digits stage does.
    case words(digits: Bool)
    /// As `words`, where marks are letters.
    case markedWords
    /// As `words`, with `upper` and `lower`.
    case casedWords
    /// `letter` holds marks too; `upper` is punctuation and symbols, `lower` ideographs, and `other` what is none.
    case ideographs
  }

  /// The lanes, in their order; what they hold of ASCII `kto_fill_lanes` says.
  enum Lane {
    static let letter = Int(KTO_LANE_LETTER)
    static let number = Int(KTO_LANE_NUMBER)
    static let space = Int(KTO_LANE_SPACE)
    /// Letters without lower case, and marks.
    static let upper = Int(KTO_LANE_UPPER)
    /// Letters without upper case, and marks.
    static let lower = Int(KTO_LANE_LOWER)
    /// None of letter, number, space.
    static let other = Int(KTO_LANE_OTHER)
    static let newline = Int(KTO_LANE_NEWLINE)
    /// The first byte of every character.
    static let start = Int(KTO_LANE_START)
    /// Bytes beyond ASCII.
    static let high = Int(KTO_LANE_HIGH)
    /// U+0020.
    static let blank = Int(KTO_LANE_BLANK)
    /// The apostrophe.
    static let quote = Int(KTO_LANE_QUOTE)
    /// What a scanner writes: where pieces begin.
    static let pieceStart = Int(KTO_LANE_PIECE_START)
    /// What a scanner writes: bytes that it has to look at once more.
    static let special = Int(KTO_LANE_SPECIAL)
    static let count = Int(KTO_LANE_COUNT)
  }

  private(set) var lanes: UnsafeMutablePointer<UInt64>
  private var blockCapacity: Int
  private let meaning: Meaning
  private let asciiMeaning: kto_meaning
  private let vectors = kto_best_vectors()
  /// A text's last block.
  private let padded: UnsafeMutablePointer<UInt8>
  private let codePoints: CharacterKindTable
  /// For each kind, all ones in the lanes that it belongs to.
  private let lanesOfKind: [SIMD8<UInt64>]

  init(_ meaning: Meaning) {
    blockCapacity = 64
    unsafe lanes = Self.allocate(blockCapacity)
    unsafe padded = .allocate(capacity: 64)
    self.meaning = meaning
    asciiMeaning =
      switch meaning {
      case .words, .markedWords: KTO_MEANING_WORDS
      case .casedWords: KTO_MEANING_CASED
      case .ideographs: KTO_MEANING_IDEOGRAPHS
      }
    codePoints = .shared
    lanesOfKind = CharacterKind.allCases.map { Self.lanes(of: $0, meaning) }
  }

  deinit {
    unsafe padded.deallocate()
    unsafe (lanes - Lane.count).deallocate()
  }

  /// Memory for that many blocks, behind one whose lanes are zero.
  private static func allocate(_ blocks: Int) -> UnsafeMutablePointer<UInt64> {
    let memory = unsafe Pages.allocate((blocks + 1) * Lane.count, of: UInt64.self)
    unsafe memory.initialize(repeating: 0, count: Lane.count)
    return unsafe memory + Lane.count
  }

  /// Fills the lanes with the classes of `count` bytes of valid UTF-8.
  mutating func classify(_ text: UnsafePointer<UInt8>, count: Int) {
    let blockCount = (count + 63) / 64
    // One block more, so that every run ends, and characters may reach into it.
    reserve(blockCount + 1)
    let full = count / 64
    var hasCharacters = unsafe kto_fill_lanes(vectors, text, Int64(full), asciiMeaning, lanes) != 0
    if full < blockCount {
      let rest = count - full * 64
      unsafe padded.initialize(repeating: 0, count: 64)
      unsafe padded.update(from: text + full * 64, count: rest)
      let block = unsafe lanes + full * Lane.count
      if unsafe kto_fill_lanes(vectors, padded, 1, asciiMeaning, block) != 0 { hasCharacters = true }
      for lane in 0..<Lane.count { unsafe block[lane] &= (1 << UInt64(rest)) - 1 }
    }
    unsafe (lanes + blockCount * Lane.count).initialize(repeating: 0, count: Lane.count)
    if hasCharacters { unsafe addCharacters(text, count: count) }
  }

  private mutating func reserve(_ blocks: Int) {
    guard blocks > blockCapacity else { return }
    unsafe (lanes - Lane.count).deallocate()
    blockCapacity = max(blocks, blockCapacity * 2)
    unsafe lanes = Self.allocate(blockCapacity)
  }

  /// Adds the characters beyond ASCII to the lanes.
  private func addCharacters(_ text: UnsafePointer<UInt8>, count: Int) {
    let blocks = (count + 63) / 64
    unsafe codePoints.kinds.withUnsafeBufferPointer { kinds in
      unsafe lanesOfKind.withUnsafeBufferPointer { lanesOfKind in
        for block in 0..<blocks {
          let base = unsafe lanes + block * Lane.count
          var starts = unsafe base[Lane.start] & base[Lane.high]
          while starts != 0 {
            let bit = starts.trailingZeroBitCount
            starts &= starts &- 1
            let (code, width) = unsafe decode(text + (block * 64 + bit))
            let kindLanes = unsafe lanesOfKind[Int(kinds[Int(code)])]
            let bits: UInt64 = (1 &<< width) &- 1
            unsafe add(bits &<< UInt64(bit), kindLanes, to: base)
            if bit &+ Int(width) > 64 {
              unsafe add(bits &>> UInt64(64 &- bit), kindLanes, to: base + Lane.count)
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func add(_ bits: UInt64, _ kindLanes: SIMD8<UInt64>, to block: UnsafeMutablePointer<UInt64>) {
    let raw = UnsafeMutableRawPointer(block)
    var sum = unsafe raw.loadUnaligned(as: SIMD8<UInt64>.self)
    sum |= SIMD8(repeating: bits) & kindLanes
    unsafe raw.storeBytes(of: sum, as: SIMD8<UInt64>.self)
  }

  /// The code point of a character of more than one byte, and how many bytes it has.
  @inline(__always)
  private func decode(_ text: UnsafePointer<UInt8>) -> (code: UInt32, width: UInt64) {
    let first = unsafe UInt32(text[0])
    let second = unsafe UInt32(text[1]) & 0x3F
    if first < 0xE0 { return ((first & 0x1F) &<< 6 | second, 2) }
    let third = unsafe UInt32(text[2]) & 0x3F
    if first < 0xF0 { return ((first & 0x0F) &<< 12 | second &<< 6 | third, 3) }
    return unsafe ((first & 0x07) &<< 18 | second &<< 12 | third &<< 6 | UInt32(text[3]) & 0x3F, 4)
  }

  private static func lanes(of kind: CharacterKind, _ meaning: Meaning) -> SIMD8<UInt64> {
    var lanes = SIMD8<UInt64>()
    for lane in laneNumbers(of: kind, meaning) { lanes[lane] = .max }
    return lanes
  }

  private static func laneNumbers(of kind: CharacterKind, _ meaning: Meaning) -> [Int] {
    if meaning == .ideographs {
      switch kind {
      case .upper, .lower, .uncased, .mark: return [Lane.letter]
      case .number: return [Lane.number]
      case .space: return [Lane.space]
      case .punctuation: return [Lane.upper]
      case .ideographLetter, .ideographMark: return [Lane.lower]
      case .other, .digitsNumber, .ideographPunctuation, .ideographOther: return [Lane.other]
      }
    }
    let isCased = meaning == .casedWords
    switch kind {
    case .upper: return isCased ? [Lane.letter, Lane.upper] : [Lane.letter]
    case .lower: return isCased ? [Lane.letter, Lane.lower] : [Lane.letter]
    case .uncased, .ideographLetter: return isCased ? [Lane.letter, Lane.upper, Lane.lower] : [Lane.letter]
    case .mark, .ideographMark:
      return meaning == .markedWords
        ? [Lane.letter] : isCased ? [Lane.upper, Lane.lower, Lane.other] : [Lane.other]
    case .number: return [Lane.number]
    case .digitsNumber: return meaning == .words(digits: true) ? [Lane.number] : [Lane.other]
    case .space: return [Lane.space]
    case .other, .punctuation, .ideographPunctuation, .ideographOther: return [Lane.other]
    }
  }
}
