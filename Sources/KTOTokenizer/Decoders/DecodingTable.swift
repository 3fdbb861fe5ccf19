internal import Synchronization

/// What each id decodes to before stages that look further than one token, the bytes of all side by side.
struct DecodingTable: Sendable {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int32>?] = []
  private var special: Set<UInt32> = []

  init(capacity: Int) {
    ranges.reserveCapacity(capacity)
    bytes.reserveCapacity(capacity * 8)
  }

  /// Sets the bytes of an id, replacing earlier ones.
  mutating func set(_ id: UInt32, _ decoded: [UInt8], isSpecial: Bool) {
    let index = Int(id)
    if index >= ranges.count {
      ranges.append(contentsOf: repeatElement(nil, count: index + 1 - ranges.count))
    }
    let start = Int32(clamping: bytes.count)
    bytes += decoded
    ranges[index] = start..<Int32(clamping: bytes.count)
    if isSpecial { special.insert(id) } else { special.remove(id) }
  }

  /// The bytes of an id; nil where it has no token.
  subscript(id: UInt32) -> ArraySlice<UInt8>? {
    guard Int(id) < ranges.count, let range = ranges[Int(id)] else { return nil }
    return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// Whether an id is left out of decoded text on request.
  func isSpecial(_ id: UInt32) -> Bool { special.contains(id) }
}

/// The decoders of a tokenizer, with what they make of each id alone.
final class TokenDecoder: Sendable {
  /// The stages that look further than one token.
  let later: [Decoder]
  private let earlier: [Decoder]
  private let table = Mutex<DecodingTable?>(nil)
  private let model: BPEModel
  private let added: AddedVocabulary

  /// - Throws: `TokenizerError.patternLimit`; `.unsupported` for a regular expression where it would have to search a
  ///   text of any length.
  init(_ decoders: [Decoder], model: BPEModel, added: AddedVocabulary) throws(TokenizerError) {
    self.model = model
    self.added = added
    let count = Self.countAlone(decoders)
    earlier = Array(decoders[..<count])
    later = Array(decoders[count...])
    if later.contains(where: \.isRegex) {
      throw .unsupported(
        stage: .decoder, component: "Replace",
        detail: "a Regex after a stage that looks further than one token")
    }
    // A search that takes too long is found now and not when text is decoded.
    if earlier.contains(where: \.isRegex) {
      let made = try makeTable()
      table.withLock { $0 = made }
    }
  }

  /// How many stages at the beginning take each token alone.
  private static func countAlone(_ decoders: [Decoder]) -> Int {
    for (index, decoder) in decoders.enumerated() {
      if !decoder.isRegex, decoder.map([], isLast: index == decoders.count - 1) == nil { return index }
    }
    return decoders.count
  }

  /// What each id decodes to before `later`; computed when it is first asked for.
  var decodings: DecodingTable {
    if let known = table.withLock({ $0 }) { return known }
    // Without a regular expression no search can take too long.
    guard let made = try? makeTable() else { return DecodingTable(capacity: 0) }
    table.withLock { $0 = made }
    return made
  }

  private func makeTable() throws(TokenizerError) -> DecodingTable {
    func decoded(_ token: [UInt8]) throws(TokenizerError) -> [UInt8] {
      var bytes = token
      for (index, stage) in earlier.enumerated() {
        if case .replace(.regex(let regex), let content) = stage {
          bytes = try bytes.substituting(regex, with: content)
        } else {
          bytes = stage.map(bytes, isLast: later.isEmpty && index == earlier.count - 1) ?? bytes
        }
      }
      return bytes
    }
    let checksSpecial = added.hasSpecialTokens
    var table = DecodingTable(capacity: model.vocabulary.idBound)
    for id in 0..<UInt32(model.vocabulary.idBound) {
      guard let token = model.bytes(of: id) else { continue }
      table.set(id, try decoded(token), isSpecial: checksSpecial && added.isSpecial(token))
    }
    for (id, token) in added.decodedForms {
      table.set(id, try decoded(token), isSpecial: checksSpecial && added.isSpecial(token))
    }
    return table
  }
}

extension ByteLevelAlphabet {
  /// The bytes that a token's own stand for; nil where one of its characters is none of the 256.
  static func decode(_ token: [UInt8]) -> [UInt8]? { decode(String(decoding: token, as: UTF8.self)) }
}
