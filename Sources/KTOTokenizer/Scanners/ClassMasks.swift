internal import CByteMasks

/// The classes of a text's bytes as bit masks, which scanners search instead of the text.
///
/// Eight lanes of 64 bits for each block of 64 bytes, side by side. Every byte of a character has the character's
/// bits. Owns its memory, which grows to the longest text; lanes are zero from the text's end on.
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

  /// The lanes, in their order.
  enum Lane {
    static let letter = 0
    static let number = 1
    static let space = 2
    static let newline = 3
    /// The first byte of every character.
    static let start = 4
    /// Letters without lower case, and marks.
    static let upper = 5
    /// Letters without upper case, and marks.
    static let lower = 6
    /// None of letter, number, space.
    static let other = 7
    static let count = 8
  }

  private(set) var lanes: UnsafeMutablePointer<UInt64>
  private var blockCapacity: Int
  private let meaning: Meaning
  private let codePoints: CharacterKindTable
  /// For each kind, all ones in the lanes that it belongs to.
  private let lanesOfKind: [SIMD8<UInt64>]

  init(_ meaning: Meaning) {
    blockCapacity = 64
    unsafe lanes = .allocate(capacity: blockCapacity * Lane.count)
    self.meaning = meaning
    codePoints = .shared
    lanesOfKind = CharacterKind.allCases.map { Self.lanes(of: $0, meaning) }
  }

  deinit { unsafe lanes.deallocate() }

  /// Fills the lanes with the classes of `count` bytes of valid UTF-8.
  mutating func classify(_ text: UnsafePointer<UInt8>, count: Int) {
    let blockCount = (count + 63) / 64
    // One block more, so that every run ends, and characters may reach into it.
    reserve(blockCount + 1)
    let full = count / 64
    var high: UInt64 = 0
    for block in 0..<full {
      high |= unsafe fill(block, kto_byte_masks_of(text + block * 64), valid: .max)
    }
    if full < blockCount {
      let rest = count - full * 64
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { padded in
        guard let base = padded.baseAddress else { return }
        unsafe base.initialize(repeating: 0, count: 64)
        unsafe base.update(from: text + full * 64, count: rest)
        high |= unsafe fill(full, kto_byte_masks_of(base), valid: (1 << UInt64(rest)) - 1)
      }
    }
    unsafe (lanes + blockCount * Lane.count).initialize(repeating: 0, count: Lane.count)
    if high != 0 { unsafe addCharacters(text, count: count) }
  }

  private mutating func reserve(_ blocks: Int) {
    guard blocks > blockCapacity else { return }
    unsafe lanes.deallocate()
    blockCapacity = max(blocks, blockCapacity * 2)
    unsafe lanes = .allocate(capacity: blockCapacity * Lane.count)
  }

  /// Writes the lanes of a block's ASCII bytes; answers where its other bytes are.
  @inline(__always)
  private func fill(_ block: Int, _ masks: kto_byte_masks, valid: UInt64) -> UInt64 {
    let lanes = unsafe self.lanes + block * Lane.count
    let letters = masks.upper | masks.lower
    let others = ~(letters | masks.digit | masks.space | masks.high) & valid
    unsafe lanes[Lane.letter] = letters
    unsafe lanes[Lane.number] = masks.digit
    unsafe lanes[Lane.space] = masks.space
    unsafe lanes[Lane.newline] = masks.newline
    unsafe lanes[Lane.start] = ~masks.inner & valid
    switch meaning {
    case .words, .markedWords:
      unsafe lanes[Lane.upper] = 0
      unsafe lanes[Lane.lower] = 0
      unsafe lanes[Lane.other] = others
    case .casedWords:
      unsafe lanes[Lane.upper] = masks.upper
      unsafe lanes[Lane.lower] = masks.lower
      unsafe lanes[Lane.other] = others
    case .ideographs:
      unsafe lanes[Lane.upper] = others & ~masks.control
      unsafe lanes[Lane.lower] = 0
      unsafe lanes[Lane.other] = others & masks.control
    }
    return masks.high
  }

  /// Adds the characters beyond ASCII to the lanes.
  private func addCharacters(_ text: UnsafePointer<UInt8>, count: Int) {
    let blocks = (count + 63) / 64
    unsafe codePoints.blocks.withUnsafeBufferPointer { blockTable in
      unsafe codePoints.kinds.withUnsafeBufferPointer { kindTable in
        unsafe lanesOfKind.withUnsafeBufferPointer { lanesOfKind in
          for block in 0..<blocks {
            let base = unsafe lanes + block * Lane.count
            // What has no class yet: the ASCII bytes are all in one of these.
            let known = unsafe base[Lane.letter] | base[Lane.number] | base[Lane.space] | base[Lane.other]
            var starts = unsafe base[Lane.start] & ~known & ~ideographPunctuation(base)
            while starts != 0 {
              let bit = starts.trailingZeroBitCount
              starts &= starts &- 1
              let (code, width) = unsafe decode(text + (block * 64 + bit))
              let place = unsafe Int(blockTable[Int(code >> 8)]) << 8 | Int(code & 0xFF)
              let kindLanes = unsafe lanesOfKind[Int(kindTable[place])]
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
  }

  /// ASCII punctuation has a lane of its own where ideographs are looked for.
  @inline(__always)
  private func ideographPunctuation(_ block: UnsafeMutablePointer<UInt64>) -> UInt64 {
    meaning == .ideographs ? unsafe block[Lane.upper] : 0
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
