/// Builds statements from tokens. Nesting is bounded, so hostile templates cannot exhaust the stack.
struct TemplateParser {
  static let depthLimit = 100
  /// So many operators, filters, calls and subscripts may stand side by side in one statement.
  static let chainLimit = 250

  var tokens: [TemplateToken]
  var index = 0
  var depth = 0
  var chainLength = 0
  private var loopDepth = 0
  /// The names read so far; a macro looks here for `varargs`, `kwargs` and `caller`.
  var namesRead: [String] = []

  typealias Failure = TemplateLexer.Failure

  init(_ tokens: [TemplateToken]) { self.tokens = tokens }

  static func parse(_ tokens: [TemplateToken]) throws(Failure) -> [TemplateStatement] {
    var parser = TemplateParser(tokens)
    let statements = try parser.statements(until: [])
    return statements
  }

  var current: TemplateToken { tokens[min(index, tokens.count - 1)] }
  var following: TemplateToken { tokens[min(index + 1, tokens.count - 1)] }

  mutating func advance() { index += 1 }

  func failure(_ text: String) -> Failure { Failure(reason: .syntax(text), position: current.position) }

  func isName(_ word: String) -> Bool { current.kind == .name(word) }

  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

  mutating func skipName(_ word: String) -> Bool {
    guard isName(word) else { return false }
    advance()
    return true
  }

  mutating func skipSymbol(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func expectSymbol(_ symbol: String) throws(Failure) {
    guard skipSymbol(symbol) else { throw failure("expected '\(symbol)', got \(describe(current))") }
  }

  mutating func expectWord(_ word: String) throws(Failure) {
    guard skipName(word) else { throw failure("expected '\(word)', got \(describe(current))") }
  }

  mutating func expectName() throws(Failure) -> String {
    guard case .name(let name) = current.kind else {
      throw failure("expected a name, got \(describe(current))")
    }
    advance()
    return name
  }

  mutating func expect(_ kind: TemplateToken.Kind) throws(Failure) {
    guard current.kind == kind else { throw failure("unexpected \(describe(current))") }
    advance()
  }

  func describe(_ token: TemplateToken) -> String {
    switch token.kind {
    case .data: "text"
    case .variableBegin: "'{{'"
    case .variableEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "the end of the statement"
    case .name(let name): "'\(name)'"
    case .string: "a string"
    case .integer, .float: "a number"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the template"
    }
  }

  mutating func enter() throws(Failure) {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw Failure(reason: .tooDeep(limit: Self.depthLimit), position: current.position)
    }
  }

  /// Statements up to a tag that begins with one of `ends`, whose word is left to be read; all, where empty.
  mutating func statements(until ends: [String]) throws(Failure) -> [TemplateStatement] {
    try enter()
    defer { depth -= 1 }
    var statements: [TemplateStatement] = []
    while true {
      let position = current.position
      switch current.kind {
      case .data(let text):
        advance()
        statements.append(TemplateStatement(position: position, kind: .text(text)))
      case .variableBegin:
        advance()
        chainLength = 0
        let value = try tupleExpression()
        try expect(.variableEnd)
        statements.append(TemplateStatement(position: position, kind: .output([value])))
      case .blockBegin:
        advance()
        if case .name(let word) = current.kind, ends.contains(word) { return statements }
        let kind = try statement()
        try expect(.blockEnd)
        statements.append(TemplateStatement(position: position, kind: kind))
      case .end:
        guard ends.isEmpty else {
          throw failure("the template ends where one of \(ends.joined(separator: ", ")) is expected")
        }
        return statements
      default: throw failure("unexpected \(describe(current))")
      }
    }
  }

  /// The body of a block: the rest of its tag, the statements, and the closing tag's word.
  mutating func body(until ends: [String]) throws(Failure) -> [TemplateStatement] {
    try expect(.blockEnd)
    return try statements(until: ends)
  }

  private mutating func statement() throws(Failure) -> TemplateStatement.Kind {
    let word = try expectName()
    chainLength = 0
    switch word {
    case "if": return try condition()
    case "for": return try loop()
    case "set": return try assignment()
    case "macro":
      let name = try expectName()
      return .macro(try macro(name, end: "endmacro"))
    case "call":
      let mark = namesRead.count
      let signature = isSymbol("(") ? try signature() : TemplateSignature()
      let call = try expression()
      guard case .call = call.kind else { throw failure("expected a call") }
      return .call(call, try macroBody("caller", signature, end: "endcall", mark: mark))
    case "filter":
      let filter = try filterChain()
      let content = try body(until: ["endfilter"])
      advance()
      return .filterBlock(filter, content)
    case "with": return try with()
    case "generation":
      let mark = namesRead.count
      let macro = try macroBody("caller", TemplateSignature(), end: "endgeneration", mark: mark)
      return .generation(macro.body)
    case "print":
      var values: [TemplateExpression] = []
      while current.kind != .blockEnd {
        if !values.isEmpty { try expectSymbol(",") }
        values.append(try expression())
      }
      return .output(values)
    case "break", "continue":
      guard loopDepth > 0 else { throw failure("'\(word)' outside of a loop") }
      return word == "break" ? .breakLoop : .continueLoop
    case "include", "import", "from", "extends", "block", "autoescape", "do", "trans":
      index -= 1
      throw Failure(reason: .unsupported("{% \(word) %}"), position: current.position)
    default:
      index -= 1
      throw failure("unknown or misplaced tag '\(word)'")
    }
  }

  private mutating func condition() throws(Failure) -> TemplateStatement.Kind {
    var branches: [(condition: TemplateExpression, body: [TemplateStatement])] = []
    var otherwise: [TemplateStatement] = []
    repeat {
      let condition = try tupleExpression(allowsConditional: false)
      branches.append((condition, try body(until: ["elif", "else", "endif"])))
    } while skipName("elif")
    if skipName("else") { otherwise = try body(until: ["endif"]) }
    advance()
    return .condition(branches, otherwise: otherwise)
  }

  private mutating func loop() throws(Failure) -> TemplateStatement.Kind {
    let target = try assignmentTarget(endsWithIn: true)
    try expectWord("in")
    let iterable = try tupleExpression(allowsConditional: false, ends: ["recursive"])
    let condition = skipName("if") ? try expression() : nil
    let isRecursive = skipName("recursive")
    loopDepth += 1
    let content = try body(until: ["endfor", "else"])
    loopDepth -= 1
    let otherwise = skipName("else") ? try body(until: ["endfor"]) : []
    advance()
    return .loop(
      TemplateLoop(
        target: target, iterable: iterable, condition: condition, isRecursive: isRecursive, body: content,
        otherwise: otherwise))
  }

  private mutating func assignment() throws(Failure) -> TemplateStatement.Kind {
    let target = try assignmentTarget(endsWithIn: false)
    if skipSymbol("=") { return .assignment(target, try tupleExpression()) }
    var filter: TemplateExpression?
    if skipSymbol("|") { filter = try filterChain() }
    let content = try body(until: ["endset"])
    advance()
    return .blockAssignment(target, filter: filter, body: content)
  }

  private mutating func with() throws(Failure) -> TemplateStatement.Kind {
    var bindings: [(target: TemplateTarget, value: TemplateExpression)] = []
    while current.kind != .blockEnd {
      if !bindings.isEmpty { try expectSymbol(",") }
      let target = try simpleTarget()
      try expectSymbol("=")
      bindings.append((target, try expression()))
    }
    let content = try body(until: ["endwith"])
    advance()
    return .scope(bindings, content)
  }

  private mutating func macro(_ name: String, end: String) throws(Failure) -> TemplateMacro {
    let mark = namesRead.count
    return try macroBody(name, try signature(), end: end, mark: mark)
  }

  private mutating func macroBody(
    _ name: String, _ signature: TemplateSignature, end: String, mark: Int
  ) throws(Failure) -> TemplateMacro {
    let outerLoops = loopDepth
    loopDepth = 0
    let content = try body(until: [end])
    loopDepth = outerLoops
    advance()
    let read = namesRead[mark...]
    return TemplateMacro(
      name: name, signature: signature, body: content, usesVarargs: read.contains("varargs"),
      usesKwargs: read.contains("kwargs"), usesCaller: read.contains("caller"))
  }

  private mutating func signature() throws(Failure) -> TemplateSignature {
    var signature = TemplateSignature()
    try expectSymbol("(")
    while !isSymbol(")") {
      if !signature.parameters.isEmpty { try expectSymbol(",") }
      let name = try expectName()
      guard !signature.parameters.contains(name) else { throw failure("duplicate argument '\(name)'") }
      signature.parameters.append(name)
      if skipSymbol("=") {
        signature.defaults.append(try expression())
      } else if !signature.defaults.isEmpty {
        throw failure("non-default argument follows default argument")
      }
    }
    try expectSymbol(")")
    return signature
  }

  /// One name, an attribute of a namespace, or several of them with commas.
  private mutating func assignmentTarget(endsWithIn: Bool) throws(Failure) -> TemplateTarget {
    var targets = [try simpleTarget()]
    var isTuple = false
    while skipSymbol(",") {
      isTuple = true
      if isSymbol("=") || isSymbol(")") || current.kind == .blockEnd || (endsWithIn && isName("in")) { break }
      targets.append(try simpleTarget())
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func simpleTarget() throws(Failure) -> TemplateTarget {
    try enter()
    defer { depth -= 1 }
    if skipSymbol("(") {
      let target = try assignmentTarget(endsWithIn: false)
      try expectSymbol(")")
      return target
    }
    let name = try expectName()
    if ["true", "false", "none", "True", "False", "None"].contains(name) {
      throw failure("can't assign to '\(name)'")
    }
    if skipSymbol(".") { return .namespaceAttribute(name, try expectName()) }
    return .name(name)
  }
}
