/// A piece of a template: literal text, or a word of the expression language.
struct TemplateToken: Equatable {
  enum Kind: Equatable {
    case data(String)
    case variableBegin, variableEnd, blockBegin, blockEnd
    case name(String)
    case string(String)
    case integer(Int)
    case float(Double)
    case symbol(String)
    case end
  }

  var kind: Kind
  /// Index of the first scalar in the source, after newlines were made one.
  var position: Int
}

/// Cuts a template into tokens by Jinja's rules with `trim_blocks` and `lstrip_blocks` on.
struct TemplateLexer {
  let source: [Unicode.Scalar]
  private(set) var tokens: [TemplateToken] = []
  var index = 0
  /// Whether the last token ended with a newline, so that what follows begins a line.
  private var isLineStart = true

  init(_ text: String) { source = Self.normalize(text) }

  /// CRLF and CR become LF, and one newline at the very end is dropped.
  private static func normalize(_ text: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    var afterReturn = false
    for scalar in text.unicodeScalars {
      defer { afterReturn = scalar == "\r" }
      if scalar == "\n", afterReturn { continue }
      scalars.append(scalar == "\r" ? "\n" : scalar)
    }
    if scalars.last == "\n" { scalars.removeLast() }
    return scalars
  }

  struct Failure: Error {
    var reason: TemplateError.Reason
    var position: Int
  }

  mutating func tokenize() throws(Failure) -> [TemplateToken] {
    while index < source.count { try lexNext() }
    append(.end, at: source.count)
    return tokens
  }

  func failure(_ text: String, at position: Int) -> Failure {
    Failure(reason: .syntax(text), position: position)
  }

  mutating func append(_ kind: TemplateToken.Kind, at position: Int) {
    tokens.append(TemplateToken(kind: kind, position: position))
  }

  /// Literal text up to the next tag, and the tag.
  private mutating func lexNext() throws(Failure) {
    let start = index
    guard let tag = nextTag(from: index) else {
      append(.data(text(start..<source.count)), at: start)
      index = source.count
      return
    }
    let kind = source[tag + 1]
    if kind == "%", let raw = keywordTag("raw", at: tag) {
      appendData(start..<tag, sign: raw.sign, isVariable: false)
      try lexRaw(from: raw.closesWithMinus ? skipSpace(raw.end) : raw.end, tag: tag)
      return
    }
    index = tag + 2
    let sign = consumeSign()
    appendData(start..<tag, sign: sign, isVariable: kind == "{")
    isLineStart = false
    if kind == "#" {
      try skipComment(from: tag)
    } else {
      append(kind == "{" ? .variableBegin : .blockBegin, at: tag)
      try lexExpression(isVariable: kind == "{", tag: tag)
    }
  }

  private func nextTag(from start: Int) -> Int? {
    var index = start
    while index + 1 < source.count {
      if source[index] == "{" {
        let next = source[index + 1]
        if next == "%" || next == "{" || next == "#" { return index }
      }
      index += 1
    }
    return nil
  }

  private mutating func consumeSign() -> Unicode.Scalar? {
    guard index < source.count, source[index] == "-" || source[index] == "+" else { return nil }
    defer { index += 1 }
    return source[index]
  }

  /// Appends literal text, stripped as the sign of the tag after it says.
  private mutating func appendData(_ range: Range<Int>, sign: Unicode.Scalar?, isVariable: Bool) {
    var end = range.upperBound
    if sign == "-" {
      while end > range.lowerBound, isPythonSpace(source[end - 1]) { end -= 1 }
    } else if sign != "+", !isVariable {
      var lineStart = end
      while lineStart > range.lowerBound, source[lineStart - 1] != "\n" { lineStart -= 1 }
      let startsLine = lineStart > range.lowerBound || isLineStart
      if startsLine, source[lineStart..<end].allSatisfy(isPythonSpace) { end = lineStart }
    }
    if end > range.lowerBound { append(.data(text(range.lowerBound..<end)), at: range.lowerBound) }
  }

  func skipSpace(_ start: Int) -> Int {
    var index = start
    while index < source.count, isPythonSpace(source[index]) { index += 1 }
    return index
  }

  func hasPrefix(_ text: String, at index: Int) -> Bool {
    var position = index
    for scalar in text.unicodeScalars {
      guard position < source.count, source[position] == scalar else { return false }
      position += 1
    }
    return true
  }

  private struct KeywordTag {
    var sign: Unicode.Scalar?
    /// After the `%}`.
    var end: Int
    var closesWithMinus: Bool
    var closesWithPlus: Bool
  }

  /// `{% raw %}` or `{% endraw %}` with its signs, if that is what begins at `tag`.
  private func keywordTag(_ word: String, at tag: Int) -> KeywordTag? {
    var place = tag + 2
    var sign: Unicode.Scalar?
    if place < source.count, source[place] == "-" || source[place] == "+" {
      sign = source[place]
      place += 1
    }
    place = skipSpace(place)
    guard hasPrefix(word, at: place) else { return nil }
    place = skipSpace(place + word.unicodeScalars.count)
    if hasPrefix("%}", at: place) {
      return KeywordTag(sign: sign, end: place + 2, closesWithMinus: false, closesWithPlus: false)
    }
    guard hasPrefix("-%}", at: place) || (word == "endraw" && hasPrefix("+%}", at: place)) else { return nil }
    return KeywordTag(
      sign: sign, end: place + 3, closesWithMinus: source[place] == "-", closesWithPlus: source[place] == "+")
  }

  private mutating func lexRaw(from start: Int, tag: Int) throws(Failure) {
    isLineStart = start > 0 && source[start - 1] == "\n"
    var place = start
    while let candidate = nextTag(from: place) {
      place = candidate + 1
      guard source[candidate + 1] == "%", let close = keywordTag("endraw", at: candidate) else { continue }
      appendData(start..<candidate, sign: close.sign, isVariable: false)
      finishBlock(close.end, minus: close.closesWithMinus, plus: close.closesWithPlus)
      return
    }
    throw failure("Missing end of raw directive", at: tag)
  }

  /// Goes on after a tag's end: past all white space for `-`, past one newline unless `+`.
  mutating func finishBlock(_ end: Int, minus: Bool, plus: Bool) {
    index = end
    if minus {
      index = skipSpace(end)
    } else if !plus, end < source.count, source[end] == "\n" {
      index += 1
    }
    isLineStart = source[index - 1] == "\n"
  }

  /// Goes on after `}}`: past all white space for `-`.
  mutating func finishVariable(_ end: Int, minus: Bool) {
    index = minus ? skipSpace(end) : end
    isLineStart = source[index - 1] == "\n"
  }

  private mutating func skipComment(from tag: Int) throws(Failure) {
    while index < source.count {
      for sign in ["", "-", "+"] where hasPrefix(sign + "#}", at: index) {
        finishBlock(index + sign.utf8.count + 2, minus: sign == "-", plus: sign == "+")
        return
      }
      index += 1
    }
    throw failure("Missing end of comment tag", at: tag)
  }

  func text(_ range: Range<Int>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: source[range])
    return text
  }
}
