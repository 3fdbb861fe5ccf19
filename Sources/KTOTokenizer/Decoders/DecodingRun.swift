/// One pass of tokens through decoders, which takes them one by one and gives text as early as it is sure.
struct DecodingRun {
  /// What a stage remembers of the tokens before.
  private struct State {
    var isFirst = true
    var held: [UInt8] = []
    var holds = false
  }

  private let decoders: [Decoder]
  private var states: [State]
  /// The text so far, which ends in the middle of a character where tokens do.
  var output: [UInt8] = []

  init(_ decoders: [Decoder]) {
    self.decoders = decoders
    states = [State](repeating: State(), count: decoders.count)
  }

  mutating func append(_ token: [UInt8]) { pass(token, to: 0) }

  /// Lets go of what stages hold back.
  mutating func finish() {
    for stage in decoders.indices { flush(stage) }
  }

  /// Whether a stage sees all tokens as one, which comes in pieces: only stages that can do with pieces.
  private func isFused(before stage: Int) -> Bool {
    guard stage > 0, case .fuse = decoders[stage - 1] else { return false }
    return true
  }

  private mutating func pass(_ token: [UInt8], to stage: Int) {
    guard stage < decoders.count else {
      output += token
      return
    }
    let isLast = stage == decoders.count - 1
    if isFused(before: stage) {
      passPiece(token, to: stage)
    } else if let mapped = decoders[stage].map(token, isLast: isLast) {
      pass(mapped, to: stage + 1)
    } else {
      passWhole(token, to: stage)
    }
  }

  private mutating func passWhole(_ token: [UInt8], to stage: Int) {
    if case .sentencePiece(let decoding) = decoders[stage] {
      return passSentencePiece(token, to: stage, decoding)
    }
    let isFirst = states[stage].isFirst
    states[stage].isFirst = false
    switch decoders[stage] {
    case .byteFallback:
      if let byte = fallbackByte(token) {
        states[stage].held.append(byte)
      } else {
        flush(stage)
        pass(token, to: stage + 1)
      }
    case .byteLevel: states[stage].held += ByteLevelAlphabet.decode(token) ?? token
    case .fuse:
      // Of what follows only stripping the beginning can be done piece by piece.
      if case .strip(_, _, stop: 0) = decoders[stage + 1], stage + 2 == decoders.count {
        pass(token, to: stage + 1)
      } else {
        states[stage].held += token
      }
    case .metaspace(let scalar, let dropsFirst):
      let mark = Array(String(Character(scalar)).utf8)
      let space: [UInt8] = isFirst && dropsFirst ? [] : [0x20]
      pass(token.substituting(mark, with: space), to: stage + 1)
    case .wordPiece(let prefix, let cleansUp):
      var text = token
      if !isFirst {
        text = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
      }
      pass(cleansUp ? cleanedUp(text) : text, to: stage + 1)
    case .endOfWord(let suffix):
      if states[stage].holds { pass(states[stage].held.substituting(suffix, with: [0x20]), to: stage + 1) }
      states[stage].held = token
      states[stage].holds = true
    case .ctc(let padding, let delimiter, let cleansUp):
      if states[stage].holds, states[stage].held == token { return }
      states[stage].held = token
      states[stage].holds = true
      var text = token.substituting(padding, with: [])
      if cleansUp { text = cleanedUp(text).substituting(delimiter, with: [0x20]) }
      if !text.isEmpty { pass(text, to: stage + 1) }
    case .spaced: pass(isFirst ? token : [0x20] + token, to: stage + 1)
    case .replace, .strip, .sentencePiece: break
    }
  }

  private mutating func passSentencePiece(_ piece: [UInt8], to stage: Int, _ decoding: SentencePieceDecoding)
  {
    if let byte = decoding.byte(piece) {
      states[stage].held.append(byte)
      return
    }
    flush(stage)
    let text = decoding.text(of: piece, isFirst: &states[stage].isFirst)
    pass(text, to: stage + 1)
  }

  /// A piece of the one token that all were made into.
  private mutating func passPiece(_ piece: [UInt8], to stage: Int) {
    guard case .strip(let scalar, let start, stop: 0) = decoders[stage], states[stage - 1].held.isEmpty else {
      if let mapped = decoders[stage].map(piece, isLast: stage == decoders.count - 1) {
        pass(mapped, to: stage + 1)
      } else {
        passWhole(piece, to: stage)
      }
      return
    }
    // `held` counts the units that were stripped; what is whole begins with one or does not.
    let unit = Array(String(Character(scalar)).utf8)
    var rest = piece[...]
    while states[stage].isFirst, !rest.isEmpty {
      if states[stage].held.count < start, rest.starts(with: unit) {
        states[stage].held.append(0)
        rest = rest.dropFirst(unit.count)
      } else {
        states[stage].isFirst = false
      }
    }
    pass(Array(rest), to: stage + 1)
  }

  private mutating func flush(_ stage: Int) {
    let held = states[stage].held
    switch decoders[stage] {
    case .byteFallback:
      states[stage].held.removeAll(keepingCapacity: true)
      if held.isEmpty { return }
      if String(validating: held, as: UTF8.self) != nil {
        pass(held, to: stage + 1)
      } else {
        for _ in held { pass(Array("\u{FFFD}".utf8), to: stage + 1) }
      }
    case .sentencePiece(let decoding):
      states[stage].held.removeAll(keepingCapacity: true)
      if held.isEmpty { return }
      states[stage].isFirst = false
      pass(decoding.text(ofBytes: held), to: stage + 1)
    case .byteLevel where stage + 1 < decoders.count:
      pass(Array(String(decoding: held, as: UTF8.self).utf8), to: stage + 1)
    case .fuse where !held.isEmpty: pass(held, to: stage + 1)
    case .endOfWord(let suffix):
      if states[stage].holds { pass(held.substituting(suffix, with: []), to: stage + 1) }
    default: break
    }
  }
}

/// What WordPiece's and CTC's `cleanup` make of a text: no spaces before punctuation and English endings.
private func cleanedUp(_ text: [UInt8]) -> [UInt8] {
  let replacements = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]
  return replacements.reduce(text) { $0.substituting(Array($1.0.utf8), with: Array($1.1.utf8)) }
}
