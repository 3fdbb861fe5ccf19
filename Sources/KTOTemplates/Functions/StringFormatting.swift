internal import Glibc

extension TemplateRenderer {
  /// Python's `format % values`, with the conversions s, r, d, i, u, f, e, g, x, X, o, c and %.
  func percentFormat(_ format: String, _ values: TemplateValue) throws -> String {
    var positional: [TemplateValue] = [values]
    if case .tuple(let items) = values { positional = items }
    var next = 0
    var result = ""
    let scalars = Array(format.unicodeScalars)
    var index = 0
    func take() throws -> TemplateValue {
      guard next < positional.count else {
        throw TemplateFault.type("not enough arguments for format string")
      }
      defer { next += 1 }
      return positional[next]
    }
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var spec = FormatSpec()
      var named: TemplateValue?
      if index < scalars.count, scalars[index] == "(" {
        guard let close = scalars[index...].firstIndex(of: ")"), case .dict(let dict) = values else {
          throw TemplateFault.type("format requires a mapping")
        }
        let key = PythonText.string(scalars[(index + 1)..<close])
        guard let value = dict[key] else { throw TemplateFault.value("KeyError: \(key)") }
        (named, index, next) = (value, close + 1, positional.count)
      }
      while index < scalars.count, "-+ 0#".unicodeScalars.contains(scalars[index]) {
        spec.apply(flag: scalars[index])
        index += 1
      }
      spec.width = try number(scalars, &index)
      if index < scalars.count, scalars[index] == "." {
        index += 1
        spec.precision = try number(scalars, &index)
      }
      guard index < scalars.count else { throw TemplateFault.value("incomplete format") }
      spec.type = scalars[index]
      index += 1
      try append(spec.type == "%" ? "%" : try convert(try named ?? take(), spec), to: &result)
    }
    if next < positional.count, !isMapping(values) {
      throw TemplateFault.type("not all arguments converted during string formatting")
    }
    return result
  }

  private func isMapping(_ value: TemplateValue) -> Bool { if case .dict = value { true } else { false } }

  /// Digits of a width or precision; at most 4096.
  private func number(_ scalars: [Unicode.Scalar], _ index: inout Int) throws -> Int {
    var number = 0
    while index < scalars.count, ("0"..."9").contains(scalars[index]) {
      number = number * 10 + Int(scalars[index].value - 48)
      guard number <= 4096 else { throw TemplateFault.value("format width or precision too large") }
      index += 1
    }
    return number
  }

  struct FormatSpec {
    var isLeft = false
    var isCentered = false
    var isZeroFilled = false
    var showsPlus = false
    var groups = false
    var fill: Unicode.Scalar = " "
    var width = 0
    var precision: Int?
    var type: Unicode.Scalar = "s"

    mutating func apply(flag: Unicode.Scalar) {
      switch flag {
      case "-": isLeft = true
      case "0": isZeroFilled = true
      case "+": showsPlus = true
      default: break
      }
    }

    func padded(_ text: String) -> String {
      let missing = width - text.unicodeScalars.count
      guard missing > 0 else { return text }
      if isZeroFilled, !isLeft {
        let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.prefix(1)) : ""
        return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
      }
      let left = isLeft ? 0 : isCentered ? missing / 2 : missing
      return String(repeating: String(fill), count: left) + text
        + String(repeating: String(fill), count: missing - left)
    }
  }

  private func convert(_ value: TemplateValue, _ spec: FormatSpec) throws -> String {
    var plain = spec
    switch spec.type {
    case "s", "r", "a":
      plain.isZeroFilled = false
      let full = spec.type == "s" ? try text(of: value) : try repr(value)
      return plain.padded(spec.precision.map { PythonText.string(full.unicodeScalars.prefix($0)) } ?? full)
    case "c":
      if let text = value.string { return spec.padded(text) }
      guard case .integer(let code)? = value.number, let narrow = UInt32(exactly: code),
        let scalar = Unicode.Scalar(narrow)
      else { throw TemplateFault.type("%c requires int or char") }
      return spec.padded(String(scalar))
    case "d", "i", "u", "x", "X", "o", "b":
      guard let number = value.number,
        let whole = Int(exactly: number.double.rounded(.towardZero)) ?? exact(number)
      else {
        throw TemplateFault.type("%\(spec.type) format: a real number is required, not \(value.typeName)")
      }
      let integer = exact(number) ?? whole
      let radix = spec.type == "o" ? 8 : spec.type == "b" ? 2 : spec.type == "x" || spec.type == "X" ? 16 : 10
      var text = String(integer, radix: radix, uppercase: spec.type == "X")
      if spec.groups { text = grouped(text) }
      return spec.padded(spec.showsPlus && integer >= 0 ? "+" + text : text)
    case "f", "F", "e", "E", "g", "G":
      guard let number = value.number?.double else {
        throw TemplateFault.type("must be real number, not \(value.typeName)")
      }
      var text = format(number, spec.precision ?? 6, spec.type)
      if spec.groups { text = grouped(text) }
      return spec.padded(spec.showsPlus && number >= 0 ? "+" + text : text)
    default: throw TemplateFault.value("unsupported format character '\(spec.type)'")
    }
  }

  private func exact(_ number: TemplateNumber) -> Int? {
    if case .integer(let whole) = number { whole } else { nil }
  }

  /// A comma between each three digits before the point.
  private func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let body = text.dropFirst(sign.count)
    let whole = Array(body.prefix { $0.isNumber })
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return sign + result + body.dropFirst(whole.count)
  }

  private func format(_ number: Double, _ precision: Int, _ type: Unicode.Scalar) -> String {
    var buffer = [CChar](repeating: 0, count: 1024 + precision)
    let count = buffer.count
    let written = unsafe withVaList([Int32(precision), number]) { arguments in
      unsafe vsnprintf(&buffer, count, "%.*\(type)", arguments)
    }
    return String(decoding: buffer.prefix(Int(max(0, written))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func repr(_ value: TemplateValue) throws -> String {
    if case .string(let text) = value { return pythonRepr(text) }
    if case .markup(let text) = value { return "Markup(\(pythonRepr(text)))" }
    if case .undefined = value { return "Undefined" }
    return try text(of: value)
  }

  /// Python's `str.format`: fields by position, number or name, with `.attribute` and `[item]`, `!r`, `!s`, and
  /// a format specification of fill, alignment, sign, width, grouping, precision and type.
  func braceFormat(_ format: String, _ values: TemplateCallValues) throws -> String {
    let scalars = Array(format.unicodeScalars)
    var result = ""
    var index = 0
    var next = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      let isDoubled = index < scalars.count && scalars[index] == scalar
      if scalar == "{" || scalar == "}", isDoubled {
        result.unicodeScalars.append(scalar)
        index += 1
      } else if scalar == "}" {
        throw TemplateFault.value("Single '}' encountered in format string")
      } else if scalar == "{" {
        guard let close = scalars[index...].firstIndex(of: "}") else {
          throw TemplateFault.value("expected '}' before end of string")
        }
        try append(field(PythonText.string(scalars[index..<close]), values, &next), to: &result)
        index = close + 1
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private func field(_ text: String, _ values: TemplateCallValues, _ next: inout Int) throws -> String {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let head = parts[0].split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
    let path = head[0]
    let name = path.prefix { $0 != "." && $0 != "[" }
    var value: TemplateValue
    if name.isEmpty || Int(name) != nil {
      let place = Int(name) ?? next
      if name.isEmpty { next += 1 }
      guard values.positional.indices.contains(place) else {
        throw TemplateFault.value("Replacement index \(place) out of range for positional args tuple")
      }
      value = values.positional[place]
    } else {
      guard let named = values[String(name)] else { throw TemplateFault.value("KeyError: '\(name)'") }
      value = named
    }
    var rest = path.dropFirst(name.count)
    while let mark = rest.first {
      if mark == "[" {
        let key = rest.dropFirst().prefix { $0 != "]" }
        value = try item(Int(key).map { .integer($0) } ?? .string(String(key)), of: value)
        rest = rest.dropFirst(key.count + 2)
      } else {
        let key = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
        value = try attribute(String(key), of: value)
        rest = rest.dropFirst(key.count + 1)
      }
    }
    if head.count > 1 { value = .string(head[1] == "r" ? try repr(value) : try self.text(of: value)) }
    guard parts.count > 1, !parts[1].isEmpty else { return try self.text(of: value) }
    return try format(value, Array(parts[1].unicodeScalars))
  }

  private func format(_ value: TemplateValue, _ scalars: [Unicode.Scalar]) throws -> String {
    var spec = FormatSpec()
    var index = 0
    let isNumber: Bool
    if case .bool = value { isNumber = false } else { isNumber = value.number != nil }
    spec.isLeft = !isNumber
    func align(_ scalar: Unicode.Scalar) -> Bool { "<>^".unicodeScalars.contains(scalar) }
    if scalars.count > 1, align(scalars[1]) {
      spec.fill = scalars[0]
      index = 1
    }
    if index < scalars.count, align(scalars[index]) {
      spec.isLeft = scalars[index] == "<"
      spec.isCentered = scalars[index] == "^"
      index += 1
    }
    if index < scalars.count, "+- ".unicodeScalars.contains(scalars[index]) {
      spec.showsPlus = scalars[index] == "+"
      index += 1
    }
    if index < scalars.count, scalars[index] == "0" {
      spec.isZeroFilled = true
      index += 1
    }
    spec.width = try number(scalars, &index)
    if index < scalars.count, scalars[index] == "," {
      spec.groups = true
      index += 1
    }
    if index < scalars.count, scalars[index] == "." {
      index += 1
      spec.precision = try number(scalars, &index)
    }
    if index < scalars.count {
      spec.type = scalars[index]
      index += 1
    } else if isNumber, case .integer? = value.number {
      spec.type = "d"
    } else if isNumber, spec.precision != nil {
      spec.type = "g"
    }
    guard index == scalars.count else { throw TemplateFault.value("Invalid format specifier") }
    if spec.type == "%", let number = value.number?.double {
      return spec.padded(format(number * 100, spec.precision ?? 6, "f") + "%")
    }
    return try convert(value, spec)
  }
}
