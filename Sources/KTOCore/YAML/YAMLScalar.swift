/// The type of a plain (unquoted) scalar by the core schema of YAML 1.2: `yes` and `on` are strings, `1e-5` is a
/// number. Source: YAML 1.2.2, section 10.3.2.
/// - Returns: nil when it is an integer that does not fit 64 bits.
package func plainYAMLScalar(_ text: String) -> YAMLNode.Value? {
  switch text {
  case "", "~", "null", "Null", "NULL": return .null
  case "true", "True", "TRUE": return .bool(true)
  case "false", "False", "FALSE": return .bool(false)
  case ".nan", ".NaN", ".NAN": return .double(.nan)
  case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
  case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
  default: break
  }
  let bytes = Array(text.utf8)
  for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
    let digits = text.dropFirst(2)
    guard !digits.isEmpty, digits.utf8.allSatisfy({ isDigit($0, radix: radix) }) else { return .string(text) }
    return Int(digits, radix: radix).map { .integer($0) }
  }
  switch NumberShape(bytes) {
  case .integer: return Int(text).map { .integer($0) }
  case .float: return Double(text).map { .double($0) } ?? .string(text)
  case .other: return .string(text)
  }
}

private func isDigit(_ byte: UInt8, radix: Int) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "7"): true
  case UInt8(ascii: "8"), UInt8(ascii: "9"): radix >= 10
  case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): radix == 16
  default: false
  }
}

/// `[-+]?[0-9]+`, or `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, or neither.
private enum NumberShape {
  case integer, float, other

  init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
    func dropDigits() -> Int {
      let count = rest.prefix { isDigit($0, radix: 10) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if isSign(rest.first) { rest = rest.dropFirst() }
    let whole = dropDigits()
    if rest.isEmpty {
      self = whole > 0 ? .integer : .other
      return
    }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let fraction = dropDigits()
      if whole == 0 && fraction == 0 {
        self = .other
        return
      }
    } else if whole == 0 {
      self = .other
      return
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if isSign(rest.first) { rest = rest.dropFirst() }
      if dropDigits() == 0 {
        self = .other
        return
      }
    }
    self = rest.isEmpty ? .float : .other
  }
}

/// A string as YAML: plain where that reads back as the same string, otherwise in double quotes.
package func yamlScalarText(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      case UInt8(ascii: "-"): index > 0
      default: false
      }
    }
  if isPlain, plainYAMLScalar(text) == .string(text), text != "..." { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\n": quoted += "\\n"
    case "\r": quoted += "\\r"
    case "\t": quoted += "\\t"
    default:
      let isPrintable: Bool =
        switch scalar.value {
        case 0x20..<0x7F, 0xA1..<0x2028, 0x202A..<0xD800, 0xE000..<0xFEFF, 0xFF00..<0xFFFE, 0x10000...: true
        default: false
        }
      if isPrintable {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
  }
  return quoted + "\""
}
