extension TemplateLexer {
  private static let symbols = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
    "=", ".", ":", "|", ",", ";",
  ]

  /// The words of one tag, and its end.
  mutating func lexExpression(isVariable: Bool, tag: Int) throws(Failure) {
    var open: [Unicode.Scalar] = []
    while true {
      guard index < source.count else { throw failure("unexpected end of template in a tag", at: tag) }
      if open.isEmpty, lexEnd(isVariable: isVariable) { return }
      let start = index
      let scalar = source[index]
      if isPythonSpace(scalar) {
        index += 1
      } else if isDigit(scalar) {
        try lexNumber()
      } else if isWordScalar(scalar) {
        while index < source.count, isWordScalar(source[index]) { index += 1 }
        append(.name(text(start..<index)), at: start)
      } else if scalar == "'" || scalar == "\"" {
        append(.string(try lexString(scalar)), at: start)
      } else {
        guard let symbol = Self.symbols.first(where: { hasPrefix($0, at: index) }) else {
          throw failure("unexpected character \(String(scalar).debugDescription)", at: index)
        }
        try balance(symbol, &open)
        index += symbol.utf8.count
        append(.symbol(symbol), at: start)
      }
    }
  }

  private mutating func lexEnd(isVariable: Bool) -> Bool {
    let close = isVariable ? "}}" : "%}"
    for sign in isVariable ? ["", "-"] : ["", "-", "+"] where hasPrefix(sign + close, at: index) {
      let end = index + sign.utf8.count + 2
      append(isVariable ? .variableEnd : .blockEnd, at: index)
      if isVariable {
        finishVariable(end, minus: sign == "-")
      } else {
        finishBlock(end, minus: sign == "-", plus: sign == "+")
      }
      return true
    }
    return false
  }

  private func balance(_ symbol: String, _ open: inout [Unicode.Scalar]) throws(Failure) {
    switch symbol {
    case "(": open.append(")")
    case "[": open.append("]")
    case "{": open.append("}")
    case ")", "]", "}":
      guard let expected = open.popLast() else { throw failure("unexpected '\(symbol)'", at: index) }
      guard symbol.unicodeScalars.first == expected else {
        throw failure("unexpected '\(symbol)', expected '\(expected)'", at: index)
      }
    default: break
    }
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar == "_" || isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
    return scalar.properties.isXIDContinue
  }

  /// The digits of `radix` from `start` on, with single underscores between them.
  private func digits(from start: Int, radix: Int = 10) -> (text: String, end: Int) {
    var digits = ""
    var place = start
    while place < source.count {
      let scalar = source[place]
      if scalar.isASCII, let value = Character(scalar).hexDigitValue, value < radix {
        digits.unicodeScalars.append(scalar)
      } else if !(scalar == "_" && place > start && source[place - 1] != "_") {
        break
      }
      place += 1
    }
    if place > start, source[place - 1] == "_" { place -= 1 }
    return (digits, place)
  }

  private mutating func lexNumber() throws(Failure) {
    let start = index
    let radixes: [(String, Int)] = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)]
    for (prefix, radix) in radixes where hasPrefix(prefix, at: start) {
      let (text, end) = digits(from: start + 2, radix: radix)
      guard let value = Int(text, radix: radix) else { throw failure("a number out of range", at: start) }
      index = end
      append(.integer(value), at: start)
      return
    }
    var (text, end) = digits(from: start)
    var isFloat = false
    let followsDot = start > 0 && source[start - 1] == "."
    if !followsDot, end + 1 < source.count, source[end] == ".", isDigit(source[end + 1]) {
      let fraction = digits(from: end + 1)
      (text, end, isFloat) = ("\(text).\(fraction.text)", fraction.end, true)
    }
    if !followsDot, end < source.count, source[end] == "e" || source[end] == "E" {
      var place = end + 1
      var sign = ""
      if place < source.count, source[place] == "+" || source[place] == "-" {
        sign = String(source[place])
        place += 1
      }
      if place < source.count, isDigit(source[place]) {
        let exponent = digits(from: place)
        (text, end, isFloat) = ("\(text)e\(sign)\(exponent.text)", exponent.end, true)
      }
    }
    index = end
    if isFloat, let value = Double(text) {
      append(.float(value), at: start)
    } else if let value = Int(text) {
      append(.integer(value), at: start)
    } else {
      throw failure("a number out of range", at: start)
    }
  }

  /// A string literal with Python's escapes.
  private mutating func lexString(_ quote: Unicode.Scalar) throws(Failure) -> String {
    let start = index
    var text = ""
    index += 1
    while index < source.count {
      let scalar = source[index]
      index += 1
      if scalar == quote { return text }
      if scalar == "\\" {
        try lexEscape(into: &text, start)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    throw failure("a string without end", at: start)
  }

  private mutating func lexEscape(into text: inout String, _ start: Int) throws(Failure) {
    guard index < source.count else { throw failure("a string without end", at: start) }
    let scalar = source[index]
    index += 1
    switch scalar {
    case "\n": break
    case "\\", "'", "\"": text.unicodeScalars.append(scalar)
    case "n": text += "\n"
    case "t": text += "\t"
    case "r": text += "\r"
    case "a": text += "\u{07}"
    case "b": text += "\u{08}"
    case "f": text += "\u{0C}"
    case "v": text += "\u{0B}"
    case "x": try lexCode(digits: 2, into: &text)
    case "u": try lexCode(digits: 4, into: &text)
    case "U": try lexCode(digits: 8, into: &text)
    case "0"..."7":
      var value = scalar.value - 48
      var count = 1
      while count < 3, index < source.count, ("0"..."7").contains(source[index]) {
        value = value * 8 + source[index].value - 48
        index += 1
        count += 1
      }
      if let code = Unicode.Scalar(value) { text.unicodeScalars.append(code) }
    case "N": throw failure("characters by name are not supported", at: index - 2)
    default:
      text += "\\"
      text.unicodeScalars.append(scalar)
    }
  }

  private mutating func lexCode(digits count: Int, into text: inout String) throws(Failure) {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard index < source.count, source[index].isASCII, let digit = Character(source[index]).hexDigitValue,
        value <= 0x10FFFF
      else { throw failure("an escape that names no character", at: index) }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw failure("an escape that names no character", at: index)
    }
    text.unicodeScalars.append(scalar)
  }
}
