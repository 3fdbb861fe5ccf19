extension TemplateParser {
  private func make(_ position: Int, _ kind: TemplateExpression.Kind) -> TemplateExpression {
    TemplateExpression(position: position, kind: kind)
  }

  /// An expression, or several with commas, which make a tuple.
  mutating func tupleExpression(
    allowsConditional: Bool = true, ends: [String] = [], inParentheses: Bool = false
  ) throws(Failure) -> TemplateExpression {
    let position = current.position
    var items: [TemplateExpression] = []
    var isTuple = false
    while !isTupleEnd(ends) {
      items.append(try expression(allowsConditional: allowsConditional))
      guard skipSymbol(",") else { break }
      isTuple = true
    }
    if !isTuple {
      if let single = items.first { return single }
      guard inParentheses else { throw failure("expected an expression, got \(describe(current))") }
    }
    return make(position, .tuple(items))
  }

  private func isTupleEnd(_ ends: [String]) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .symbol(")"), .end: true
    case .name(let name): ends.contains(name)
    default: false
    }
  }

  mutating func expression(allowsConditional: Bool = true) throws(Failure) -> TemplateExpression {
    try enter()
    defer { depth -= 1 }
    guard allowsConditional else { return try or() }
    let position = current.position
    var result = try or()
    while skipName("if") {
      let condition = try or()
      let otherwise = skipName("else") ? try expression() : nil
      result = make(position, .conditional(then: result, condition: condition, otherwise: otherwise))
    }
    return result
  }

  private mutating func or() throws(Failure) -> TemplateExpression {
    var left = try and()
    while isName("or") {
      let position = current.position
      advance()
      left = try grown(make(position, .or(left, try and())))
    }
    return left
  }

  private mutating func and() throws(Failure) -> TemplateExpression {
    var left = try not()
    while isName("and") {
      let position = current.position
      advance()
      left = try grown(make(position, .and(left, try not())))
    }
    return left
  }

  /// Operators of one level make a tree as deep as they are many; this counts them, so that no chain can be
  /// too deep to evaluate.
  private mutating func grown(_ node: TemplateExpression) throws(Failure) -> TemplateExpression {
    chainLength += 1
    guard chainLength <= Self.chainLimit else {
      throw Failure(reason: .tooDeep(limit: Self.chainLimit), position: node.position)
    }
    return node
  }

  private mutating func not() throws(Failure) -> TemplateExpression {
    guard isName("not") else { return try comparison() }
    let position = current.position
    advance()
    try enter()
    defer { depth -= 1 }
    return make(position, .not(try not()))
  }

  private mutating func comparison() throws(Failure) -> TemplateExpression {
    let position = current.position
    let first = try sum()
    var rest: [(symbol: String, operand: TemplateExpression)] = []
    while true {
      if case .symbol(let symbol) = current.kind, ["==", "!=", "<", "<=", ">", ">="].contains(symbol) {
        advance()
        rest.append((symbol, try sum()))
      } else if skipName("in") {
        rest.append(("in", try sum()))
      } else if isName("not"), following.kind == .name("in") {
        index += 2
        rest.append(("not in", try sum()))
      } else {
        return rest.isEmpty ? first : make(position, .comparison(first, rest))
      }
    }
  }

  private mutating func sum() throws(Failure) -> TemplateExpression {
    var left = try concatenation()
    while isSymbol("+") || isSymbol("-") {
      left = try binary(left) { p throws(Failure) in try p.concatenation() }
    }
    return left
  }

  private mutating func binary(
    _ left: TemplateExpression, _ right: (inout TemplateParser) throws(Failure) -> TemplateExpression
  ) throws(Failure) -> TemplateExpression {
    guard case .symbol(let symbol) = current.kind else { return left }
    let position = current.position
    advance()
    return try grown(make(position, .binary(symbol, left, try right(&self))))
  }

  private mutating func concatenation() throws(Failure) -> TemplateExpression {
    let position = current.position
    var parts = [try product()]
    while skipSymbol("~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : make(position, .concatenation(parts))
  }

  private mutating func product() throws(Failure) -> TemplateExpression {
    var left = try power()
    while isSymbol("*") || isSymbol("/") || isSymbol("//") || isSymbol("%") {
      left = try binary(left) { p throws(Failure) in try p.power() }
    }
    return left
  }

  private mutating func power() throws(Failure) -> TemplateExpression {
    var left = try unary()
    while isSymbol("**") { left = try binary(left) { p throws(Failure) in try p.unary() } }
    return left
  }

  private mutating func unary(allowsFilters: Bool = true) throws(Failure) -> TemplateExpression {
    let position = current.position
    var node: TemplateExpression
    if isSymbol("-") || isSymbol("+") {
      let isNegative = isSymbol("-")
      advance()
      try enter()
      defer { depth -= 1 }
      let operand = try unary(allowsFilters: false)
      node = make(position, isNegative ? .negative(operand) : .positive(operand))
    } else {
      node = try primary()
    }
    node = try postfix(node)
    return allowsFilters ? try filters(node) : node
  }

  private mutating func primary() throws(Failure) -> TemplateExpression {
    let position = current.position
    switch current.kind {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return make(position, .literal(.bool(true)))
      case "false", "False": return make(position, .literal(.bool(false)))
      case "none", "None": return make(position, .literal(.none))
      default:
        namesRead.append(name)
        return make(position, .name(name))
      }
    case .string(var text):
      advance()
      while case .string(let more) = current.kind {
        text += more
        advance()
      }
      return make(position, .literal(.string(text)))
    case .integer(let number):
      advance()
      return make(position, .literal(.integer(number)))
    case .float(let number):
      advance()
      return make(position, .literal(.float(number)))
    case .symbol("("):
      advance()
      let inner = try tupleExpression(inParentheses: true)
      try expectSymbol(")")
      return inner
    case .symbol("["): return make(position, .list(try items("]")))
    case .symbol("{"): return try dict()
    default: throw failure("unexpected \(describe(current))")
    }
  }

  private mutating func items(_ close: String) throws(Failure) -> [TemplateExpression] {
    advance()
    var items: [TemplateExpression] = []
    while !isSymbol(close) {
      if !items.isEmpty { try expectSymbol(",") }
      if isSymbol(close) { break }
      items.append(try expression())
    }
    advance()
    return items
  }

  private mutating func dict() throws(Failure) -> TemplateExpression {
    let position = current.position
    advance()
    var pairs: [(key: TemplateExpression, value: TemplateExpression)] = []
    while !isSymbol("}") {
      if !pairs.isEmpty { try expectSymbol(",") }
      if isSymbol("}") { break }
      let key = try expression()
      try expectSymbol(":")
      pairs.append((key, try expression()))
    }
    advance()
    return make(position, .dict(pairs))
  }

  private mutating func postfix(_ start: TemplateExpression) throws(Failure) -> TemplateExpression {
    var node = start
    while true {
      if isSymbol(".") || isSymbol("[") {
        node = try grown(try subscripted(node))
      } else if isSymbol("(") {
        node = try grown(make(current.position, .call(node, try arguments())))
      } else {
        return node
      }
    }
  }

  private mutating func subscripted(_ node: TemplateExpression) throws(Failure) -> TemplateExpression {
    let position = current.position
    if skipSymbol(".") {
      switch current.kind {
      case .name(let name):
        advance()
        return make(position, .attribute(node, name))
      case .integer(let number):
        advance()
        return make(position, .item(node, make(position, .literal(.integer(number)))))
      default: throw failure("expected name or number")
      }
    }
    advance()
    var subscripts: [TemplateExpression] = []
    while !isSymbol("]") {
      if !subscripts.isEmpty { try expectSymbol(",") }
      subscripts.append(try subscriptPart())
    }
    advance()
    return make(
      position, .item(node, subscripts.count == 1 ? subscripts[0] : make(position, .tuple(subscripts))))
  }

  private mutating func subscriptPart() throws(Failure) -> TemplateExpression {
    let position = current.position
    let start = isSymbol(":") ? nil : try expression()
    guard skipSymbol(":") else {
      guard let start else { throw failure("expected an expression") }
      return start
    }
    func isEnd() -> Bool { isSymbol("]") || isSymbol(",") }
    let stop = isSymbol(":") || isEnd() ? nil : try expression()
    var step: TemplateExpression?
    if skipSymbol(":"), !isSymbol("]"), !isSymbol(",") { step = try expression() }
    return make(position, .slice(start, stop, step))
  }

  mutating func arguments() throws(Failure) -> TemplateArguments {
    var arguments = TemplateArguments()
    try expectSymbol("(")
    var isFirst = true
    while !isSymbol(")") {
      if !isFirst { try expectSymbol(",") }
      isFirst = false
      if isSymbol(")") { break }
      if skipSymbol("*") {
        guard arguments.positionalRest == nil, arguments.namedRest == nil else {
          throw failure("invalid syntax for function call expression")
        }
        arguments.positionalRest = try expression()
      } else if skipSymbol("**") {
        guard arguments.namedRest == nil else { throw failure("invalid syntax for function call expression") }
        arguments.namedRest = try expression()
      } else if case .name(let name) = current.kind, following.kind == .symbol("=") {
        guard arguments.namedRest == nil else { throw failure("invalid syntax for function call expression") }
        index += 2
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty, arguments.positionalRest == nil, arguments.namedRest == nil else {
          throw failure("invalid syntax for function call expression")
        }
        arguments.positional.append(try expression())
      }
    }
    advance()
    return arguments
  }

  private mutating func filters(_ start: TemplateExpression) throws(Failure) -> TemplateExpression {
    var node = start
    while true {
      if skipSymbol("|") {
        node = try grown(try filter(node))
      } else if isName("is") {
        node = try grown(try test(node))
      } else if isSymbol("(") {
        node = try grown(make(current.position, .call(node, try arguments())))
      } else {
        return node
      }
    }
  }

  private mutating func filter(_ node: TemplateExpression?) throws(Failure) -> TemplateExpression {
    let position = current.position
    let name = try dottedName()
    let arguments = isSymbol("(") ? try arguments() : TemplateArguments()
    return make(position, .filter(node, name, arguments))
  }

  /// Filters without the value they apply to, as in `{% filter upper|trim %}`.
  mutating func filterChain() throws(Failure) -> TemplateExpression {
    var node = try filter(nil)
    while skipSymbol("|") { node = try grown(try filter(node)) }
    return node
  }

  private mutating func dottedName() throws(Failure) -> String {
    var name = try expectName()
    while skipSymbol(".") { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(_ node: TemplateExpression) throws(Failure) -> TemplateExpression {
    let position = current.position
    advance()
    let isNegated = skipName("not")
    let name = try dottedName()
    var arguments = TemplateArguments()
    switch current.kind {
    case .symbol("("): arguments = try self.arguments()
    case .name("else"), .name("or"), .name("and"): break
    case .name("is"): throw failure("You cannot chain multiple tests with is")
    case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
      arguments.positional = [try postfix(try primary())]
    default: break
    }
    let test = make(position, .test(node, name, arguments))
    return isNegated ? make(position, .not(test)) : test
  }
}
