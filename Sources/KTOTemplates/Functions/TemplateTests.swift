extension TemplateRenderer {
  private static let comparisons = [
    "eq": "==", "equalto": "==", "==": "==", "ne": "!=", "!=": "!=", "lt": "<", "lessthan": "<", "<": "<",
    "le": "<=",
    "<=": "<=", "gt": ">", "greaterthan": ">", ">": ">", "ge": ">=", ">=": ">=",
  ]

  func test(
    _ operand: TemplateExpression, _ name: String, _ arguments: TemplateArguments, _ scope: TemplateScope,
    at place: Int
  ) throws -> Bool {
    let value = try evaluate(operand, scope)
    let values = try evaluate(arguments, scope)
    position = place
    return try test(value, name, values.positional)
  }

  /// The test of that name. Source: Jinja's list of builtin tests.
  func test(_ value: TemplateValue, _ name: String, _ arguments: [TemplateValue]) throws -> Bool {
    try work()
    if let symbol = Self.comparisons[name] {
      let other = try argument(name, arguments)
      switch symbol {
      case "==": return try isEqual(value, other)
      case "!=": return !(try isEqual(value, other))
      case "<": return try precedes(value, other, symbol)
      case ">": return try precedes(other, value, symbol)
      case "<=": return try precedes(value, other, symbol) || isEqual(value, other)
      default:
        if try precedes(other, value, symbol) { return true }
        return try isEqual(value, other)
      }
    }
    switch name {
    case "defined": return !isUndefined(value)
    case "undefined": return isUndefined(value)
    case "none": if case .none = value { return true } else { return false }
    case "boolean": if case .bool = value { return true } else { return false }
    case "true": if case .bool(true) = value { return true } else { return false }
    case "false": if case .bool(false) = value { return true } else { return false }
    case "integer": if case .integer = value { return true } else { return false }
    case "float": if case .double = value { return true } else { return false }
    case "number": return value.number != nil
    case "string": return value.string != nil
    case "mapping": if case .dict = value { return true } else { return false }
    case "iterable": return isIterable(value)
    case "sequence": return isSequence(value)
    case "callable":
      switch value {
      case .function, .undefined, .loop: return true
      default: return false
      }
    case "odd", "even":
      guard case .integer(let rest) = try arithmetic("%", value, .integer(2)) else { return false }
      return (rest == 1) == (name == "odd")
    case "divisibleby":
      return try isEqual(try arithmetic("%", value, try argument(name, arguments)), .integer(0))
    case "in": return try contains(try argument(name, arguments), value)
    case "sameas": return try isSame(value, try argument(name, arguments))
    case "lower", "upper":
      let text = try text(of: value)
      let isUpper = try stringTest(name == "upper" ? "isupper" : "islower", text)
      return isUpper
    case "filter": return Self.filterNames.contains(try text(of: value))
    case "test":
      let other = try text(of: value)
      return Self.testNames.contains(other) || Self.comparisons[other] != nil
    case "escaped": return value.isMarkup
    default: throw TemplateFault(.unsupported("the test '\(name)'"))
    }
  }

  static let testNames: Set = [
    "defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string",
    "mapping",
    "iterable", "sequence", "callable", "odd", "even", "divisibleby", "in", "sameas", "lower", "upper",
    "filter",
    "test", "escaped",
  ]

  private func stringTest(_ method: String, _ text: String) throws -> Bool {
    try callString(method, text, TemplateCallValues()).isTrue
  }

  private func argument(_ name: String, _ arguments: [TemplateValue]) throws -> TemplateValue {
    guard let first = arguments.first else {
      throw TemplateFault.type("the test '\(name)' takes an argument")
    }
    return first
  }

  func isUndefined(_ value: TemplateValue) -> Bool { if case .undefined = value { true } else { false } }

  private func isIterable(_ value: TemplateValue) -> Bool {
    switch value {
    case .undefined, .string, .markup, .list, .tuple, .dict, .range, .iterator, .view, .loop: true
    default: false
    }
  }

  /// Has a length and items by index or key, as Jinja asks.
  private func isSequence(_ value: TemplateValue) -> Bool {
    switch value {
    case .undefined, .string, .markup, .list, .tuple, .dict, .range: true
    default: false
    }
  }

  /// Python's `is`, as far as values here have an identity.
  private func isSame(_ a: TemplateValue, _ b: TemplateValue) throws -> Bool {
    switch (a, b) {
    case (.bool(let x), .bool(let y)): return x == y
    case (.none, .none): return true
    case (.bool, _), (_, .bool), (.integer, .double), (.double, .integer): return false
    default: return try isEqual(a, b)
    }
  }
}
