internal import KTOCore

extension TemplateValue {
  /// The value of a JSON value.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let items): self = .list(items.map { TemplateValue($0.value) })
    case .object(let object):
      var dict = TemplateDict()
      for member in object.members { dict.set(member.key, TemplateValue(member.node.value)) }
      self = .dict(dict)
    }
  }
}

/// How Python's `json.dumps` is asked to write.
struct JSONDumpOptions {
  var escapesNonASCII = false
  /// What stands for one level of indentation; nil for a single line.
  var indent: String?
  var itemSeparator = ", "
  var keySeparator = ": "
  var sortsKeys = false
}

extension TemplateRenderer {
  /// The value as `json.dumps` writes it.
  func dumpJSON(_ value: TemplateValue, _ options: JSONDumpOptions) throws -> String {
    var text = ""
    try dump(value, options, level: 0, into: &text)
    return text
  }

  private func dump(
    _ value: TemplateValue, _ options: JSONDumpOptions, level: Int, into text: inout String
  ) throws {
    try work()
    try enter()
    defer { depth -= 1 }
    switch value {
    case .none: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .double(let number): text += jsonNumber(number)
    case .string(let string), .markup(let string): try appendJSON(string, options, to: &text)
    case .list(let items), .tuple(let items):
      try dumpItems("[", "]", items.count, options, level, &text) { index, text in
        try self.dump(items[index], options, level: level + 1, into: &text)
      }
    case .dict(let dict):
      var pairs = try zip(dict.keys, dict.values).map { (try self.jsonKey($0), $1) }
      if options.sortsKeys { pairs.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) } }
      try dumpItems("{", "}", pairs.count, options, level, &text) { index, text in
        try self.appendJSON(pairs[index].0, options, to: &text)
        try self.append(options.keySeparator, to: &text)
        try self.dump(pairs[index].1, options, level: level + 1, into: &text)
      }
    default: throw TemplateFault.type("Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private func dumpItems(
    _ open: String, _ close: String, _ count: Int, _ options: JSONDumpOptions, _ level: Int,
    _ text: inout String, _ item: (Int, inout String) throws -> Void
  ) throws {
    func breakLine(_ level: Int) throws {
      guard let indent = options.indent else { return }
      text += "\n"
      for _ in 0..<level { try append(indent, to: &text) }
    }
    text += open
    for index in 0..<count {
      if index > 0 { try append(options.itemSeparator, to: &text) }
      try breakLine(level + 1)
      try item(index, &text)
    }
    if count > 0 { try breakLine(level) }
    text += close
  }

  private func jsonNumber(_ number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : pythonRepr(number)
  }

  private func jsonKey(_ key: TemplateValue) throws -> String {
    switch key {
    case .string(let text), .markup(let text): text
    case .integer(let number): String(number)
    case .double(let number): jsonNumber(number)
    case .bool(let flag): flag ? "true" : "false"
    case .none: "null"
    default:
      throw TemplateFault.type("keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }

  private func appendJSON(_ string: String, _ options: JSONDumpOptions, to text: inout String) throws {
    // Counted with what escapes make of it at the most.
    guard string.utf8.count <= (limits.textByteCount - text.utf8.count) / 6 else {
      throw TemplateFault(.tooMuchText(limit: limits.textByteCount))
    }
    try work(string.utf8.count / 64)
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{08}": text += "\\b"
      case "\u{0C}": text += "\\f"
      default:
        if scalar.value < 0x20 || (options.escapesNonASCII && scalar.value > 0x7E) {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
