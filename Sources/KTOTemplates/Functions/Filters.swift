extension TemplateRenderer {
  static let filterNames: Set = [
    "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape",
    "first",
    "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list",
    "lower",
    "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select",
    "selectattr",
    "slice", "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
  ]

  /// A chain of filters; the innermost, which has no operand of its own, gets `value`.
  func apply(
    _ expression: TemplateExpression, to value: TemplateValue?, _ scope: TemplateScope
  ) throws -> TemplateValue {
    guard case .filter(let operand, let name, let arguments) = expression.kind else {
      return try evaluate(expression, scope)
    }
    try enter()
    defer { depth -= 1 }
    let input: TemplateValue
    if let operand {
      if case .filter = operand.kind {
        input = try apply(operand, to: value, scope)
      } else {
        input = try evaluate(operand, scope)
      }
    } else {
      input = value ?? .undefined(named: name)
    }
    let values = try evaluate(arguments, scope)
    position = expression.position
    return try filter(name, input, values)
  }

  /// The filter of that name. Source: Jinja's list of builtin filters; `tojson` as transformers replaces it.
  func filter(_ name: String, _ value: TemplateValue, _ values: TemplateCallValues) throws -> TemplateValue {
    try work()
    guard Self.filterNames.contains(name) else { throw TemplateFault(.unsupported("the filter '\(name)'")) }
    if let text = value.string { try charge(text) }
    let arguments = Arguments(renderer: self, name, values)
    let result: TemplateValue =
      if let text = try textFilter(name, value, arguments) {
        value.isMarkup && Markup.keepingFilters.contains(name) ? .markup(text) : .string(text)
      } else {
        try valueFilter(name, value, arguments)
      }
    switch result {
    case .string(let text), .markup(let text): try charge(text)
    case .list(let items), .tuple(let items): try work(items.count)
    default: break
    }
    return result
  }

  /// The filters that look at a value as a whole.
  private func valueFilter(
    _ name: String, _ value: TemplateValue, _ arguments: Arguments
  ) throws -> TemplateValue {
    switch name {
    case "default", "d":
      let isMissing = isUndefined(value) || (arguments.flag(1, "boolean", or: false) && !value.isTrue)
      return isMissing ? arguments[0, "default_value"] ?? .string("") : value
    case "length", "count": return .integer(try length(value))
    case "abs":
      switch value.number {
      case .integer(let number):
        guard number != .min else { throw TemplateFault.value("an integer of more than 64 bits") }
        return .integer(abs(number))
      case .double(let number): return .double(abs(number))
      case nil: throw TemplateFault.type("bad operand type for abs(): '\(value.typeName)'")
      }
    case "int": return try toInteger(value, arguments)
    case "float": return try toDouble(value) ?? arguments[0, "default"] ?? .double(0)
    case "round": return try round(value, arguments)
    case "attr":
      let attribute = try arguments.string(0, "name")
      // Only attributes, never items: of JSON's values that leaves methods.
      if case .dict(let dict) = value, dict[attribute] != nil { return .undefined(named: attribute) }
      return try self.attribute(attribute, of: value)
    case "items":
      if isUndefined(value) { return .iterator(TemplateIterator([])) }
      guard case .dict(let dict) = value else {
        throw TemplateFault.type("Can only get item pairs from a mapping.")
      }
      return .iterator(TemplateIterator(dict.pairs))
    case "safe": return .markup(try text(of: value))
    case "e", "escape": return value.isMarkup ? value : .markup(Markup.escape(try text(of: value)))
    case "forceescape": return .markup(Markup.escape(try text(of: value)))
    default: return try sequenceFilter(name, value, arguments)
    }
  }

  /// Python's `len`.
  func length(_ value: TemplateValue) throws -> Int {
    switch value {
    case .undefined: return 0
    case .string(let text), .markup(let text):
      try work(text.utf8.count / 64)
      return text.unicodeScalars.count
    case .list(let items), .tuple(let items), .view(_, let items): return items.count
    case .dict(let dict): return dict.count
    case .range(let range): return range.count
    case .loop(let loop): return loop.items.count
    default: throw TemplateFault.type("object of type '\(value.typeName)' has no len()")
    }
  }

  private func toInteger(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    let other = arguments[0, "default"] ?? .integer(0)
    switch value {
    case .string(let text), .markup(let text):
      let base = try arguments.integer(1, "base") ?? 10
      guard (2...36).contains(base) else { return other }
      var digits = PythonText.strip(text, nil).replacingUnderscores
      let prefix = digits.lowercased()
      if base == 16, prefix.hasPrefix("0x") || base == 8 && prefix.hasPrefix("0o") {
        digits = String(digits.dropFirst(2))
      }
      if let number = Int(digits, radix: base) { return .integer(number) }
      if let number = Double(digits), let whole = Int(exactly: number.rounded(.towardZero)) {
        return .integer(whole)
      }
      return other
    default:
      switch value.number {
      case .integer(let number): return .integer(number)
      case .double(let number): return Int(exactly: number.rounded(.towardZero)).map { .integer($0) } ?? other
      case nil: return other
      }
    }
  }

  private func toDouble(_ value: TemplateValue) throws -> TemplateValue? {
    if let number = value.number { return .double(number.double) }
    guard let text = value.string else { return nil }
    return Double(PythonText.strip(text, nil).replacingUnderscores).map { .double($0) }
  }

  private func round(_ value: TemplateValue, _ arguments: Arguments) throws -> TemplateValue {
    guard let number = value.number else {
      throw TemplateFault.type("type \(value.typeName) doesn't define __round__ method")
    }
    let precision = try arguments.integer(0, "precision") ?? 0
    let method = try arguments.optionalString(1, "method") ?? "common"
    guard (-300...300).contains(precision) else { return value }
    if method == "common" {
      // Through decimal digits, as Python does it: 2.675 is a little less than it looks.
      if precision > 0, let rounded = Double(try percentFormat("%.\(precision)f", .double(number.double))) {
        return .double(rounded)
      }
      var scale = 1.0
      for _ in 0..<(-precision) { scale *= 10 }
      let rounded = (number.double / scale).rounded(.toNearestOrEven) * scale
      if case .integer = number { return .integer(Int(exactly: rounded) ?? 0) }
      return .double(rounded)
    }
    guard method == "ceil" || method == "floor" else {
      throw TemplateFault.value("method must be common, ceil or floor")
    }
    var scale = 1.0
    for _ in 0..<abs(precision) { scale *= 10 }
    if precision < 0 { scale = 1 / scale }
    return .double((number.double * scale).rounded(method == "ceil" ? .up : .down) / scale)
  }
}

extension String {
  /// Without the underscores that Python allows between digits.
  fileprivate var replacingUnderscores: String {
    if !utf8.contains(UInt8(ascii: "_")) { return self }
    if hasPrefix("_") || hasSuffix("_")
      || PythonText.split(self, at: "__", limit: 1, fromEnd: false).count > 1
    {
      return "?"
    }
    return String(filter { $0 != "_" })
  }
}
