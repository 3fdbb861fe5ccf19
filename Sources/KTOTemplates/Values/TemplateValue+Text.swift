extension TemplateRenderer {
  /// Python's `str()`.
  func text(of value: TemplateValue) throws -> String {
    switch value {
    case .undefined: return ""
    case .string(let text), .markup(let text):
      try work(text.utf8.count / 64)
      return text
    default:
      var text = ""
      try appendRepr(value, to: &text)
      try charge(text)
      return text
    }
  }

  /// Python's `repr()`. Values may share parts, so what is written can be far larger than what is stored: every
  /// part is counted as work.
  private func appendRepr(_ value: TemplateValue, to text: inout String) throws {
    try work()
    try enter()
    defer { depth -= 1 }
    switch value {
    case .undefined: text += "Undefined"
    case .none: text += "None"
    case .bool(let flag): text += flag ? "True" : "False"
    case .integer(let number): text += String(number)
    case .double(let number): text += pythonRepr(number)
    case .string(let string):
      try append(pythonRepr(string), to: &text)
    case .markup(let string): try append("Markup(\(pythonRepr(string)))", to: &text)
    case .list(let items): try appendRepr(items, "[", "]", to: &text)
    case .tuple(let items): try appendRepr(items, "(", items.count == 1 ? ",)" : ")", to: &text)
    case .view(let name, let items): try appendRepr(items, name + "([", "])", to: &text)
    case .dict(let dict): try appendRepr(dict, to: &text)
    case .range(let range):
      text += "range(\(range.start), \(range.stop)" + (range.step == 1 ? ")" : ", \(range.step))")
    case .iterator: text += "<generator object>"
    case .namespace(let namespace):
      text += "<Namespace "
      try appendRepr(namespace.attributes, to: &text)
      text += ">"
    case .loop(let loop): text += "<LoopContext \(loop.index + 1)/\(loop.items.count)>"
    case .function(.macro(let macro, _)): text += "<Macro \(pythonRepr(macro.name))>"
    case .function: text += "<function>"
    }
  }

  private func appendRepr(
    _ items: [TemplateValue], _ open: String, _ close: String, to text: inout String
  ) throws {
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += ", " }
      try appendRepr(item, to: &text)
    }
    text += close
  }

  private func appendRepr(_ dict: TemplateDict, to text: inout String) throws {
    text += "{"
    for (index, key) in dict.keys.enumerated() {
      if index > 0 { text += ", " }
      try appendRepr(key, to: &text)
      text += ": "
      try appendRepr(dict.values[index], to: &text)
    }
    text += "}"
  }
}

extension TemplateValue {
  /// The type's name in Python, for messages.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .integer: "int"
    case .double: "float"
    case .string: "str"
    case .markup: "Markup"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .range: "range"
    case .iterator: "generator"
    case .view(let name, _): name
    case .namespace: "Namespace"
    case .loop: "LoopContext"
    case .function: "function"
    }
  }
}

/// Python's `repr` of a float: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16.
func pythonRepr(_ number: Double) -> String {
  if number.isNaN { return "nan" }
  if number.isInfinite { return number < 0 ? "-inf" : "inf" }
  if number == 0 { return number.sign == .minus ? "-0.0" : "0.0" }
  // Swift's description has the shortest digits too, in another layout.
  var digits = ""
  var pointOffset = 0
  var exponent = 0
  var seenPoint = false
  let parts = number.magnitude.description.split(separator: "e")
  for character in parts[0] {
    if character == "." {
      seenPoint = true
    } else {
      digits.append(character)
      if !seenPoint { pointOffset += 1 }
    }
  }
  if parts.count > 1 { exponent = Int(parts[1]) ?? 0 }
  let leading = digits.prefix { $0 == "0" }.count
  digits.removeFirst(leading)
  while digits.last == "0" { digits.removeLast() }
  // The value is 0.digits × 10^point.
  let point = pointOffset + exponent - leading
  let sign = number < 0 ? "-" : ""
  let scientific = point - 1
  if scientific < -4 || scientific >= 16 {
    let fraction = digits.dropFirst()
    let magnitude = abs(scientific)
    return sign + digits.prefix(1) + (fraction.isEmpty ? "" : ".\(fraction)") + (scientific < 0 ? "e-" : "e+")
      + (magnitude < 10 ? "0\(magnitude)" : "\(magnitude)")
  }
  if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
  if digits.count <= point {
    return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
  }
  return sign + digits.prefix(point) + "." + digits.dropFirst(point)
}

/// Python's `repr` of a string: single quotes unless only they occur, and escapes for what does not print.
func pythonRepr(_ text: String) -> String {
  let scalars = text.unicodeScalars
  let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
  var result = String(quote)
  for scalar in scalars {
    switch scalar {
    case quote, "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    default:
      if isPrintable(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(scalar.value, radix: 16)
        result += "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
      }
    }
  }
  return result + String(quote)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  if scalar == " " { return true }
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
    .spaceSeparator:
    return false
  default: return true
  }
}
