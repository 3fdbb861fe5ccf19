/// One stage that turns tokens into text again.
enum Decoder: Sendable, Equatable {
  /// Maps GPT-2's characters back to their bytes, a token that holds any other left as it is, and makes one text of all.
  case byteLevel
  /// Makes bytes of tokens such as `<0x0A>`; a run of them that is not UTF-8 becomes one U+FFFD a byte.
  case byteFallback
  case replace(TextPattern, with: [UInt8])
  /// Takes up to so many of a scalar off the beginning and the end of each token.
  case strip(Unicode.Scalar, start: Int, stop: Int)
  /// Makes one token of all.
  case fuse
  /// Makes spaces of the replacement, in the first token nothing where one was put there.
  case metaspace(Unicode.Scalar, dropsFirst: Bool)
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  /// Makes a space of the suffix, in the last token nothing.
  case endOfWord(suffix: [UInt8])
  /// Speech models': drops repetitions and padding.
  case ctc(padding: [UInt8], delimiter: [UInt8], cleansUp: Bool)
  /// What a file without a decoder means: a space between the tokens.
  case spaced
  case sentencePiece(SentencePieceDecoding)

  /// What a token becomes, where that depends on nothing but the token and no search can fail; nil otherwise.
  /// - Parameter isLast: whether no stage follows.
  func map(_ token: [UInt8], isLast: Bool) -> [UInt8]? {
    switch self {
    case .replace(.string(let wanted), let content): return token.substituting(wanted, with: content)
    case .strip(let scalar, let start, let stop):
      return stripped(token[...], Array(String(Character(scalar)).utf8), start: start, stop: stop)
    // The bytes of several tokens may make one character, so only their end is text.
    case .byteLevel where isLast: return ByteLevelAlphabet.decode(token) ?? token
    case .fuse where isLast: return token
    default: return nil
    }
  }

  var isRegex: Bool { if case .replace(.regex, _) = self { true } else { false } }
}

extension [UInt8] {
  /// With each occurrence replaced; of an empty `wanted` there is none.
  func substituting(_ wanted: [UInt8], with content: [UInt8]) -> [UInt8] {
    guard !wanted.isEmpty else { return self }
    var output: [UInt8] = []
    var done = 0
    forEachOccurrence(of: wanted.span, in: span, indices) { match in
      output += self[done..<match.lowerBound]
      output += content
      done = match.upperBound
    }
    return done == 0 ? self : output + self[done...]
  }

  /// With each match of a regular expression replaced.
  /// - Throws: `TokenizerError.patternLimit`.
  func substituting(_ regex: Regex, with content: [UInt8]) throws(TokenizerError) -> [UInt8] {
    var output: [UInt8] = []
    var done = 0
    try regex.forEachMatch(in: span, indices) { match in
      output += self[done..<match.lowerBound]
      output += content
      done = match.upperBound
    }
    return output + self[done...]
  }
}

/// A token without up to `start` units at its beginning and `stop` at its end.
func stripped(_ token: ArraySlice<UInt8>, _ unit: [UInt8], start: Int, stop: Int) -> [UInt8] {
  var rest = token
  var count = 0
  while count < start, rest.starts(with: unit) {
    rest = rest.dropFirst(unit.count)
    count += 1
  }
  count = 0
  while count < stop, rest.count >= unit.count, rest.suffix(unit.count).elementsEqual(unit) {
    rest = rest.dropLast(unit.count)
    count += 1
  }
  return Array(rest)
}

/// The byte that a token such as `<0x0A>` stands for. A plus sign counts as a digit, as in the reference.
func fallbackByte(_ token: [UInt8]) -> UInt8? {
  guard token.count == 6, token[0] == UInt8(ascii: "<"), token[1] == UInt8(ascii: "0"),
    token[2] == UInt8(ascii: "x"), token[5] == UInt8(ascii: ">"),
    token[3] != UInt8(ascii: "-")
  else { return nil }
  return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
}
