extension TemplateRenderer {
  /// The filters that make text; nil for any other name.
  func textFilter(_ name: String, _ value: TemplateValue, _ arguments: Arguments) throws -> String? {
    switch name {
    case "string": return try text(of: value)
    case "upper": return PythonText.upper(try text(of: value))
    case "lower": return PythonText.lower(try text(of: value))
    case "capitalize": return PythonText.capitalize(try text(of: value))
    case "title": return title(try text(of: value))
    case "trim": return PythonText.strip(try text(of: value), try arguments.optionalString(0, "chars"))
    case "replace":
      let (old, new) = (try arguments.value(0, "old"), try arguments.value(1, "new"))
      return try replace(
        try text(of: value), try text(of: old), try text(of: new), try arguments.integer(2, "count"))
    case "join": return try join(value, arguments)
    case "indent": return try indent(try text(of: value), arguments)
    case "center":
      var call = TemplateCallValues()
      call.positional = [arguments[0, "width"] ?? .integer(80)]
      return try text(of: try callString("center", try text(of: value), call))
    case "format":
      guard arguments.values.positional.isEmpty || arguments.values.named.isEmpty else {
        throw TemplateFault.type("can't handle positional and keyword arguments at the same time")
      }
      func given(_ argument: TemplateValue) -> TemplateValue {
        value.isMarkup ? Markup.escaped(argument) : argument
      }
      if arguments.values.named.isEmpty {
        return try percentFormat(try text(of: value), given(.tuple(arguments.values.positional)))
      }
      var dict = TemplateDict()
      for (name, value) in arguments.values.named { dict.set(name, value) }
      return try percentFormat(try text(of: value), given(.dict(dict)))
    case "tojson": return try dumpJSON(value, try jsonOptions(arguments))
    case "truncate": return try truncate(try text(of: value), arguments)
    default: return nil
    }
  }

  private func jsonOptions(_ arguments: Arguments) throws -> JSONDumpOptions {
    var options = JSONDumpOptions()
    options.escapesNonASCII = arguments.flag(0, "ensure_ascii", or: false)
    switch arguments[1, "indent"] {
    case nil, .some(.none): break
    case .string(let indent)?, .markup(let indent)?: options.indent = indent
    case let value?:
      guard case .integer(let width)? = value.number, width <= 1000 else {
        throw TemplateFault.type("indent must be a number, not \(value.typeName)")
      }
      options.indent = String(repeating: " ", count: max(0, width))
    }
    if options.indent != nil { options.itemSeparator = "," }
    if let separators = arguments[2, "separators"], !isNone(separators) {
      let parts = try items(of: separators)
      guard parts.count == 2, let item = parts[0].string, let key = parts[1].string else {
        throw TemplateFault.type("separators must be a pair of strings")
      }
      (options.itemSeparator, options.keySeparator) = (item, key)
    }
    options.sortsKeys = arguments.flag(3, "sort_keys", or: false)
    return options
  }

  func isNone(_ value: TemplateValue) -> Bool { if case .none = value { true } else { false } }

  private func join(_ value: TemplateValue, _ arguments: Arguments) throws -> String {
    let separator = try arguments[0, "d"].map { try text(of: $0) } ?? ""
    var items = try items(of: value)
    if let attribute = arguments[1, "attribute"], !isNone(attribute) {
      items = try items.map { try lookUp(attribute, in: $0) }
    }
    var result = ""
    for (index, item) in items.enumerated() {
      if index > 0 { try append(separator, to: &result) }
      try append(try text(of: item), to: &result)
      try work()
    }
    return result
  }

  private func indent(_ text: String, _ arguments: Arguments) throws -> String {
    let indentation: String
    switch arguments[0, "width"] {
    case nil: indentation = "    "
    case .string(let given)?, .markup(let given)?: indentation = given
    case let value?:
      guard case .integer(let width)? = value.number, width <= 4096 else {
        throw TemplateFault.type("indent takes a width or a string")
      }
      indentation = String(repeating: " ", count: max(0, width))
    }
    let lines = PythonText.lines(text + "\n")
    try work(lines.count * (indentation.utf8.count / 64 + 1))
    let isBlank = arguments.flag(2, "blank", or: false)
    var result = lines.first ?? ""
    for line in lines.dropFirst() {
      try append("\n" + (isBlank || !line.isEmpty ? indentation : "") + line, to: &result)
    }
    return arguments.flag(1, "first", or: false) ? indentation + result : result
  }

  /// Jinja's `title`: words begin after white space, hyphens and opening brackets only.
  private func title(_ text: String) -> String {
    var result = ""
    var word = ""
    func flush() {
      guard let first = word.unicodeScalars.first else { return }
      result += first.properties.uppercaseMapping + PythonText.lower(String(word.unicodeScalars.dropFirst()))
      word = ""
    }
    for scalar in text.unicodeScalars {
      if isPythonSpace(scalar) || "-({[<".unicodeScalars.contains(scalar) {
        flush()
        result.unicodeScalars.append(scalar)
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    flush()
    return result
  }

  private func truncate(_ text: String, _ arguments: Arguments) throws -> String {
    let length = try arguments.integer(0, "length") ?? 255
    let end = try arguments.optionalString(2, "end") ?? "..."
    let leeway = try arguments.integer(3, "leeway") ?? 5
    let endCount = end.unicodeScalars.count
    guard length >= endCount, leeway >= 0 else {
      throw TemplateFault.value("expected length >= \(endCount), got \(length)")
    }
    let scalars = text.unicodeScalars
    if scalars.count - leeway <= length { return text }
    let cut = PythonText.string(scalars.prefix(length - endCount))
    if arguments.flag(1, "killwords", or: false) { return cut + end }
    return (PythonText.split(cut, at: " ", limit: 1, fromEnd: true).first ?? "") + end
  }
}
