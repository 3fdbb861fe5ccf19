/// The ids of the symbols that a pre-token is made of before any merge.
struct SymbolTable: Sendable {
  /// Stands for a symbol that the vocabulary lacks.
  static let absent = UInt32.max

  /// The ids of the 256 bytes, or of their characters in a byte-level vocabulary; for `.scalars` those of the ASCII
  /// characters.
  private(set) var bytes: [UInt32]
  /// Whether every byte has an id.
  let hasAllBytes: Bool
  /// The ids of `<0x00>` to `<0xFF>`; empty where they are not asked for.
  let fallbackBytes: [UInt32]
  /// The ranks of the merges of two bytes, by the first times 256 and the second.
  private(set) var bytePairRanks: [UInt32]
  /// The ids of the characters of the first plane; empty but for `.scalars`.
  private var plane: [UInt32]

  init(
    _ vocabulary: Vocabulary, _ merges: MergeTable, _ alphabet: BPEModel.Alphabet, fallsBackToBytes: Bool
  ) {
    func id(_ key: [UInt8]) -> UInt32 { vocabulary.find(key.span) ?? Self.absent }
    fallbackBytes = fallsBackToBytes ? (0..<256).map { id(Array(Self.name(ofByte: $0).utf8)) } : []
    switch alphabet {
    case .byteLevel: bytes = ByteLevelAlphabet.scalars.map { id(Array(String(Character($0)).utf8)) }
    case .bytes: bytes = (0..<256).map { id([UInt8($0)]) }
    case .scalars: bytes = (0..<256).map { $0 < 0x80 ? id([UInt8($0)]) : Self.absent }
    }
    hasAllBytes = !bytes.contains(Self.absent)
    bytePairRanks = Self.pairRanks(bytes, merges)
    plane = alphabet == .scalars ? Self.plane(vocabulary) : []
  }

  /// Reads blanks as the characters that they would become: U+2581.
  mutating func readBlanksAsMarks(_ merges: MergeTable) {
    if plane.isEmpty { return }
    plane[0x20] = plane[0x2581]
    bytes[0x20] = plane[0x2581]
    bytePairRanks = Self.pairRanks(bytes, merges)
  }

  /// Whether every byte of a word has an id.
  @inline(__always)
  func hasBytes(of word: UnsafeBufferPointer<UInt8>) -> Bool {
    if hasAllBytes { return true }
    for index in 0..<word.count where unsafe bytes[Int(word[index])] == Self.absent { return false }
    return true
  }

  /// The id of a character of valid UTF-8; `absent` without one.
  @inline(__always)
  func character(_ symbol: UnsafeBufferPointer<UInt8>, in vocabulary: Vocabulary) -> UInt32 {
    let first = unsafe Int(symbol[0])
    switch symbol.count {
    case 1: return plane[first]
    case 2: return unsafe plane[(first & 0x1F) << 6 | Int(symbol[1]) & 0x3F]
    case 3: return unsafe plane[(first & 0x0F) << 12 | (Int(symbol[1]) & 0x3F) << 6 | Int(symbol[2]) & 0x3F]
    default: return unsafe vocabulary.find(symbol) ?? Self.absent
    }
  }

  /// How a vocabulary names a byte: `<0x0A>`.
  static func name(ofByte byte: Int) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x" + (digits.utf8.count < 2 ? "0" : "") + digits + ">"
  }

  private static func pairRanks(_ bytes: [UInt32], _ merges: MergeTable) -> [UInt32] {
    var ranks = [UInt32](repeating: MergeTable.none, count: 1 << 16)
    merges.withLookup { lookup in
      for (left, leftID) in bytes.enumerated() where leftID != Self.absent {
        for (right, rightID) in bytes.enumerated() where rightID != Self.absent {
          ranks[left << 8 | right] = lookup.rank(leftID, rightID)
        }
      }
    }
    return ranks
  }

  private static func plane(_ vocabulary: Vocabulary) -> [UInt32] {
    var plane = [UInt32](repeating: Self.absent, count: 1 << 16)
    for id in 0..<UInt32(vocabulary.idBound) {
      guard let token = vocabulary[id], token.count <= 3 else { continue }
      var scalars = String(decoding: token, as: UTF8.self).unicodeScalars.makeIterator()
      guard let first = scalars.next(), scalars.next() == nil, first.value < 0x10000 else { continue }
      plane[Int(first.value)] = id
    }
    return plane
  }
}
