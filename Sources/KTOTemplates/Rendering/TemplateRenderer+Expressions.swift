/// The values of a call.
struct TemplateCallValues {
  var positional: [TemplateValue] = []
  var named: [(name: String, value: TemplateValue)] = []

  subscript(name: String) -> TemplateValue? { named.first { $0.name == name }?.value }
}

extension TemplateRenderer {
  func evaluate(_ expression: TemplateExpression, _ scope: TemplateScope) throws -> TemplateValue {
    try work()
    try enter()
    defer { depth -= 1 }
    position = expression.position
    switch expression.kind {
    case .literal(let literal): return Self.value(of: literal)
    case .name(let name): return scope.find(name) ?? .undefined(named: name)
    case .list(let items): return .list(try items.map { try evaluate($0, scope) })
    case .tuple(let items): return .tuple(try items.map { try evaluate($0, scope) })
    case .dict(let pairs): return try dict(pairs, scope)
    case .attribute(let object, let name):
      let value = try evaluate(object, scope)
      position = expression.position
      return try attribute(name, of: value)
    case .item(let object, let key): return try item(object, key, scope, at: expression.position)
    case .slice: throw TemplateFault.type("a slice outside of a subscript")
    case .call(let callee, let arguments):
      let function = try evaluate(callee, scope)
      let values = try evaluate(arguments, scope)
      position = expression.position
      return try call(function, values)
    case .filter: return try apply(expression, to: nil, scope)
    case .test(let operand, let name, let arguments):
      return .bool(try test(operand, name, arguments, scope, at: expression.position))
    case .not(let operand): return .bool(!(try evaluate(operand, scope).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .negative(let operand), .positive(let operand):
      let value = try evaluate(operand, scope)
      position = expression.position
      if case .negative = expression.kind { return try negate(value) }
      return try positive(value)
    case .binary(let symbol, let left, let right):
      let a = try evaluate(left, scope)
      let b = try evaluate(right, scope)
      position = expression.position
      return try arithmetic(symbol, a, b)
    case .concatenation(let parts):
      var text = ""
      for part in parts { try append(self.text(of: try evaluate(part, scope)), to: &text) }
      try charge(text)
      return .string(text)
    case .comparison(let first, let rest): return .bool(try compare(first, rest, scope))
    case .conditional(let then, let condition, let otherwise):
      if try evaluate(condition, scope).isTrue { return try evaluate(then, scope) }
      if let otherwise { return try evaluate(otherwise, scope) }
      return .undefined(
        TemplateValue.Undefined(
          hint: "the inline if-expression evaluated to false and no else section was defined"))
    }
  }

  private static func value(of literal: TemplateExpression.Literal) -> TemplateValue {
    switch literal {
    case .none: .none
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .float(let number): .double(number)
    case .string(let text): .string(text)
    }
  }

  private func dict(
    _ pairs: [(key: TemplateExpression, value: TemplateExpression)], _ scope: TemplateScope
  ) throws -> TemplateValue {
    var dict = TemplateDict()
    for pair in pairs {
      let key = try evaluate(pair.key, scope)
      try workOnKey(key)
      guard dict.set(key, try evaluate(pair.value, scope)) else {
        throw TemplateFault.type("unhashable type: '\(key.typeName)'")
      }
    }
    return .dict(dict)
  }

  private func item(
    _ object: TemplateExpression, _ key: TemplateExpression, _ scope: TemplateScope, at place: Int
  ) throws -> TemplateValue {
    let value = try evaluate(object, scope)
    if case .slice(let start, let stop, let step) = key.kind {
      func bound(_ expression: TemplateExpression?) throws -> Int? {
        guard let expression else { return nil }
        let value = try evaluate(expression, scope)
        if case .none = value { return nil }
        if case .integer(let number)? = value.number { return number }
        throw TemplateFault.type("slice indices must be integers or None or have an __index__ method")
      }
      let (first, last, stride) = (try bound(start), try bound(stop), try bound(step))
      position = place
      return try slice(value, first, last, stride ?? 1)
    }
    let index = try evaluate(key, scope)
    position = place
    return try item(index, of: value)
  }

  func evaluate(_ arguments: TemplateArguments, _ scope: TemplateScope) throws -> TemplateCallValues {
    var values = TemplateCallValues()
    for argument in arguments.positional { values.positional.append(try evaluate(argument, scope)) }
    if let rest = arguments.positionalRest {
      values.positional += try items(of: try evaluate(rest, scope))
    }
    for argument in arguments.named {
      values.named.append((argument.name, try evaluate(argument.value, scope)))
    }
    if let rest = arguments.namedRest {
      guard case .dict(let dict) = try evaluate(rest, scope) else {
        throw TemplateFault.type("argument after ** must be a mapping")
      }
      for (key, value) in zip(dict.keys, dict.values) {
        guard let name = key.string else { throw TemplateFault.type("keywords must be strings") }
        values.named.append((name, value))
      }
    }
    return values
  }

  private func compare(
    _ first: TemplateExpression, _ rest: [(symbol: String, operand: TemplateExpression)],
    _ scope: TemplateScope
  ) throws -> Bool {
    var left = try evaluate(first, scope)
    for (symbol, operand) in rest {
      let right = try evaluate(operand, scope)
      try work()
      let holds =
        switch symbol {
        case "==": try isEqual(left, right)
        case "!=": !(try isEqual(left, right))
        case "<": try precedes(left, right, symbol)
        case ">": try precedes(right, left, symbol)
        case "<=": try precedes(left, right, symbol) || isEqual(left, right)
        case ">=": try precedes(right, left, symbol) || isEqual(left, right)
        case "in": try contains(right, left)
        default: !(try contains(right, left))
        }
      guard holds else { return false }
      left = right
    }
    return true
  }

  /// Python's `in`.
  func contains(_ container: TemplateValue, _ element: TemplateValue) throws -> Bool {
    switch container {
    case .string(let text), .markup(let text):
      guard let part = element.string else {
        throw TemplateFault.type(
          "'in <string>' requires string as left operand, not \(element.typeName)")
      }
      try work(text.utf8.count / 64)
      return findBytes(Array(part.utf8), in: Array(text.utf8), from: 0) != nil
    case .dict(let dict):
      guard let key = try key(element) else {
        throw TemplateFault.type("unhashable type: '\(element.typeName)'")
      }
      return dict[key] != nil
    default:
      let items = try items(of: container)
      return try items.contains { try isEqual($0, element) }
    }
  }

  /// What a `for` goes through.
  func items(of value: TemplateValue) throws -> [TemplateValue] {
    switch value {
    case .undefined(let missing):
      if missing.isHidden { throw TemplateFault(.security(missing.hint)) }
      return []
    case .list(let items), .tuple(let items), .view(_, let items): return items
    case .string(let text), .markup(let text):
      try work(text.utf8.count / 4)
      return text.unicodeScalars.map { .string(String($0)) }
    case .dict(let dict): return dict.keys
    case .range(let range):
      try work(range.count / 4)
      return range.values
    case .iterator(let iterator): return iterator.takeAll()
    case .loop(let loop): return Array(loop.items[min(loop.index + 1, loop.items.count)...])
    default: throw TemplateFault.type("'\(value.typeName)' object is not iterable")
    }
  }
}
