/// What is done to text before it is cut into pieces.
enum Normalizer: Sendable, Equatable {
  case unicode(NormalizationForm)
  /// Puts text before a text that is not empty.
  case prepend([UInt8])
  case replace(TextPattern, with: [UInt8])
  /// Takes white space away at the ends.
  case strip(left: Bool, right: Bool)
  case lowercase
  /// Takes combining marks away.
  case stripAccents
  /// sentencepiece's: takes control characters away and makes odd spaces plain.
  case nmt
  /// Writes the text in GPT-2's characters, one a byte.
  case byteLevel
  /// All that a sentencepiece model does to text.
  case sentencePiece(SentencePieceNormalizer)

  /// - Throws: `TokenizerError.patternLimit`.
  func apply(to text: inout AlignedText) throws(TokenizerError) {
    if text.bytes.isEmpty { return }
    switch self {
    case .unicode(let form): form.apply(to: &text)
    case .prepend(let prefix): text.prepend(prefix)
    case .replace(let pattern, let content): try text.replace(pattern, with: content)
    case .strip(let left, let right): text.strip(left: left, right: right)
    case .lowercase: text.lowercase()
    case .stripAccents: text.filter { isMark($0) ? nil : $0 }
    case .nmt: text.filter(by: nmtReplacement)
    case .byteLevel: text.writeByteLevel()
    case .sentencePiece(let normalizer): normalizer.apply(to: &text)
    }
  }

  /// Whether this certainly leaves a text as it is, which it looks at where that is cheap.
  func leaves(_ text: Span<UInt8>, isASCII: Bool) -> Bool {
    guard case .unicode(let form) = self else { return false }
    return isASCII || NormalizationData.shared.nextOdd(in: text, from: 0, for: form) == nil
  }

  /// Whether this can move where in the input the first byte of a text comes from.
  var canDropStart: Bool {
    switch self {
    case .unicode, .prepend, .lowercase, .byteLevel: false
    case .replace(.string, let content): content.isEmpty
    case .replace, .strip, .stripAccents, .nmt, .sentencePiece: true
    }
  }
}

extension [Normalizer] {
  /// The normalized form of valid UTF-8.
  func normalize(_ text: [UInt8]) throws(TokenizerError) -> [UInt8] {
    var aligned = AlignedText(text.span, isTraced: false)
    for normalizer in self { try normalizer.apply(to: &aligned) }
    return aligned.bytes
  }
}

extension AlignedText {
  fileprivate mutating func prepend(_ prefix: [UInt8]) {
    var rewriter = TextRewriter(self, expectedGrowth: prefix.count)
    rewriter.put(prefix, for: 0)
    var done = 0
    if prefix.isEmpty {
      // The reference then loses where the first scalar came from.
      done = utf8Width(bytes[0])
      rewriter.put(bytes[..<done], for: -1)
    }
    rewriter.keep(done..<bytes.count)
    self = rewriter.text
  }

  /// Puts `content` in place of each match. Traced, it stands for the last scalar of the match.
  fileprivate mutating func replace(
    _ pattern: TextPattern, with content: [UInt8]
  ) throws(TokenizerError) {
    if case .string(let wanted) = pattern, wanted.count == 1,
      bytes.span.firstIndex(of: wanted[0], from: 0, to: bytes.count) == nil
    {
      return
    }
    var rewriter = TextRewriter(self, expectedGrowth: bytes.count / 3)
    var done = 0
    try pattern.forEachMatch(in: bytes.span, bytes.indices) { match in
      rewriter.keep(done..<match.lowerBound)
      rewriter.put(content, for: match.upperBound - 1)
      done = match.upperBound
    }
    if done == 0, rewriter.count == 0 { return }
    rewriter.keep(done..<bytes.count)
    self = rewriter.text
  }

  fileprivate mutating func strip(left: Bool, right: Bool) {
    let start = left ? endOfSpaces(from: 0, in: bytes.span) : 0
    let end = right ? startOfSpaces(before: bytes.count, in: bytes.span) : bytes.count
    if start == 0, end == bytes.count { return }
    var rewriter = TextRewriter(self)
    rewriter.keep(start..<max(start, end))
    self = rewriter.text
  }

  fileprivate mutating func lowercase() {
    // Where no byte is an upper-case letter or begins a scalar beyond ASCII, nothing changes.
    if bytes.allSatisfy({ $0 < 0x80 && !(0x41...0x5A).contains($0) }) { return }
    var rewriter = TextRewriter(self)
    var done = 0
    forEachScalar(in: bytes.span, bytes.indices) { scalar, range in
      if scalar.value < 0x80 {
        guard (0x41...0x5A).contains(scalar.value) else { return }
        rewriter.keep(done..<range.lowerBound)
        rewriter.put(CollectionOfOne(UInt8(scalar.value) + 0x20), for: range.lowerBound)
        done = range.upperBound
      } else {
        let mapping = scalar.properties.lowercaseMapping
        if mapping.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) { return }
        rewriter.keep(done..<range.lowerBound)
        rewriter.put(Array(mapping.utf8), for: range.lowerBound)
        done = range.upperBound
      }
    }
    rewriter.keep(done..<bytes.count)
    self = rewriter.text
  }

  /// Leaves scalars out or puts others in their place.
  fileprivate mutating func filter(by replacement: (Unicode.Scalar) -> Unicode.Scalar?) {
    var rewriter = TextRewriter(self)
    var done = 0
    forEachScalar(in: bytes.span, bytes.indices) { scalar, range in
      let new = replacement(scalar)
      if new == scalar { return }
      rewriter.keep(done..<range.lowerBound)
      if let new, let encoded = UTF8.encode(new) { rewriter.put(encoded, for: range.lowerBound) }
      done = range.upperBound
    }
    if done == 0 { return }
    rewriter.keep(done..<bytes.count)
    self = rewriter.text
  }

  /// Writes each byte as GPT-2's character for it.
  fileprivate mutating func writeByteLevel() {
    var rewriter = TextRewriter(self, expectedGrowth: bytes.count / 4)
    var done = 0
    for (index, byte) in bytes.enumerated() where !(0x21...0x7E).contains(byte) {
      rewriter.keep(done..<index)
      if let encoded = UTF8.encode(ByteLevelAlphabet.scalars[Int(byte)]) { rewriter.put(encoded, for: index) }
      done = index + 1
    }
    rewriter.keep(done..<bytes.count)
    self = rewriter.text
  }
}

/// General category M of Unicode 9.0.
private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  guard scalar.value >= 0x300 else { return false }
  let properties = scalar.properties
  switch properties.generalCategory {
  case .nonspacingMark, .spacingMark, .enclosingMark:
    return (properties.age?.major ?? .max) <= 9 && scalar != "\u{111C9}"
  // The two that were marks then.
  default: return scalar == "\u{1CF2}" || scalar == "\u{1CF3}"
  }
}

/// What sentencepiece's nmt rules make of a scalar; nil for nothing.
private func nmtReplacement(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
  switch scalar.value {
  case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: nil
  case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: " "
  default: scalar
  }
}
