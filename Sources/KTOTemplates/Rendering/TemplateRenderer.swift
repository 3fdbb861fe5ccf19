/// How far a template may go. A template comes from outside: it must end, and soon.
package struct TemplateLimits: Sendable, Equatable {
  /// Expressions, statements and items gone through, and 64 bytes of text made, count as one each.
  package var steps = 20_000_000
  /// Bytes of the rendered text, and of any text made on the way.
  package var textByteCount = 1 << 28
  /// Blocks, macros, loops and expressions inside one another.
  package var depth = 400

  package init() {}
}

/// One rendering: walks the statements and collects the text.
final class TemplateRenderer {
  let limits: TemplateLimits
  let clock: TemplateClock?
  /// Where the expression or statement being worked on stands, for errors.
  var position = 0
  var depth = 0
  private var steps = 0
  private var output = ""
  /// How many outputs are kept back while a block's text is collected, and how long the outermost of them is.
  private var captureDepth = 0
  private var outermostByteCount = 0
  /// The `generation` blocks that ended: where each began in the outermost output, and how long its text was. That
  /// text may change on the way out of a macro or a filter, yet counts from where it would have begun, as in
  /// transformers.
  private var generated: [(startByte: Int, scalarCount: Int)] = []
  private var closureScopes: [TemplateScope] = []
  private var namespaces: [TemplateNamespace] = []

  enum Flow {
    case onward, breakLoop, continueLoop
  }

  init(limits: TemplateLimits, clock: TemplateClock?) {
    self.limits = limits
    self.clock = clock
  }

  func render(_ statements: [TemplateStatement], context: TemplateDict) throws -> RenderedChat {
    let globals = TemplateScope(parent: nil)
    for name in ["range", "dict", "namespace", "raise_exception", "strftime_now", "cycler", "joiner"] {
      globals.set(name, .function(.global(name)))
    }
    let scope = TemplateScope(parent: globals)
    for (key, value) in zip(context.keys, context.values) {
      if case .string(let name) = key { scope.set(name, value) }
    }
    defer { releaseCycles() }
    _ = try execute(statements, TemplateScope(parent: scope))
    return RenderedChat(text: output, generated: generatedRanges())
  }

  /// The bytes of the output that `generation` blocks mark.
  private func generatedRanges() -> [Range<Int>] {
    generated.map { block in
      let start = output.utf8.index(output.startIndex, offsetBy: block.startByte)
      let end =
        output.unicodeScalars.index(start, offsetBy: block.scalarCount, limitedBy: output.endIndex)
        ?? output.endIndex
      return block.startByte..<output.utf8.distance(from: output.startIndex, to: end)
    }
  }

  /// A macro with the scope it sees. The scope holds the macro too, so it is noted, to be emptied at the end.
  private func closure(_ macro: TemplateMacro, _ scope: TemplateScope) -> TemplateValue {
    if closureScopes.last !== scope { closureScopes.append(scope) }
    return .function(.macro(macro, scope))
  }

  func makeNamespace(_ attributes: TemplateDict) -> TemplateValue {
    let namespace = TemplateNamespace(attributes)
    namespaces.append(namespace)
    return .namespace(namespace)
  }

  /// Empties what may hold itself, one by one, so that nothing leaks and no chain of them is freed recursively.
  private func releaseCycles() {
    for scope in closureScopes { scope.removeAll() }
    for namespace in namespaces { namespace.attributes = TemplateDict() }
  }

  /// Refuses a value nested so deeply that walking or freeing it could exhaust the stack.
  func checkNesting(_ value: TemplateValue, _ level: Int) throws {
    try work()
    guard level <= limits.depth else { throw TemplateFault(.tooDeep(limit: limits.depth)) }
    switch value {
    case .list(let items), .tuple(let items), .view(_, let items):
      for item in items { try checkNesting(item, level + 1) }
    case .dict(let dict): for item in dict.values { try checkNesting(item, level + 1) }
    case .iterator(let iterator): for item in iterator.items { try checkNesting(item, level + 1) }
    case .function(.method(let receiver, _)): try checkNesting(receiver, level + 1)
    case .function(.cycler(let cycle)): for item in cycle.items { try checkNesting(item, level + 1) }
    case .loop where level > 0:
      throw TemplateFault(.unsupported("a loop object inside another value"))
    default: return
    }
  }

  /// Counts work done.
  func work(_ count: Int = 1) throws {
    steps += count
    if steps > limits.steps { throw TemplateFault(.tooManySteps(limit: limits.steps)) }
  }

  /// Lengthens a text by a part, unless it would become too long: parts may be few and large, or the same again.
  func append(_ part: String, to text: inout String) throws {
    guard part.utf8.count <= limits.textByteCount - text.utf8.count else {
      throw TemplateFault(.tooMuchText(limit: limits.textByteCount))
    }
    try work(part.utf8.count / 64)
    text += part
  }

  /// Counts text that was made, and refuses too much of it.
  func charge(_ text: String) throws {
    let count = text.utf8.count
    if count > limits.textByteCount { throw TemplateFault(.tooMuchText(limit: limits.textByteCount)) }
    try work(count / 64 + 1)
  }

  /// What makes a value a key of a dict; nil where it can't be one. Counts the text that has to be hashed.
  func key(_ value: TemplateValue) throws -> TemplateDict.Key? {
    try workOnKey(value)
    return TemplateDict.Key(value)
  }

  func workOnKey(_ value: TemplateValue) throws {
    if let text = value.string { try work(text.utf8.count / 16) }
    if case .tuple(let items) = value {
      for item in items { try work((item.string?.utf8.count ?? 0) / 16 + 1) }
    }
  }

  func enter() throws {
    depth += 1
    if depth > limits.depth {
      depth -= 1
      throw TemplateFault(.tooDeep(limit: limits.depth))
    }
  }

  private func write(_ text: String) throws {
    try append(text, to: &output)
    try work()
  }

  /// The text that statements write, instead of writing it.
  func capture(_ statements: [TemplateStatement], _ scope: TemplateScope) throws -> String {
    try captured { _ = try execute(statements, scope) }
  }

  private func captured(_ write: () throws -> Void) throws -> String {
    if captureDepth == 0 { outermostByteCount = output.utf8.count }
    let outer = output
    output = ""
    captureDepth += 1
    defer {
      captureDepth -= 1
      output = outer
    }
    try write()
    return output
  }

  /// Writes a block's text, and notes where it stands.
  private func markGenerated(_ statements: [TemplateStatement], _ scope: TemplateScope) throws {
    let start = captureDepth == 0 ? output.utf8.count : outermostByteCount
    let text = try capture(statements, scope)
    generated.append((start, text.unicodeScalars.count))
    try write(text)
  }

  func execute(_ statements: [TemplateStatement], _ scope: TemplateScope) throws -> Flow {
    try enter()
    defer { depth -= 1 }
    for statement in statements {
      try work()
      position = statement.position
      let flow = try execute(statement, scope)
      if flow != .onward { return flow }
    }
    return .onward
  }

  private func execute(_ statement: TemplateStatement, _ scope: TemplateScope) throws -> Flow {
    switch statement.kind {
    case .text(let text): try write(text)
    case .output(let values): for value in values { try write(try text(of: try evaluate(value, scope))) }
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.condition, scope).isTrue {
        return try execute(branch.body, scope)
      }
      return try execute(otherwise, scope)
    case .loop(let loop): try run(loop, over: try evaluate(loop.iterable, scope), scope, depth: 1)
    case .assignment(let target, let expression):
      let value = try evaluate(expression, scope)
      if expression.mayNestDeeper { try checkNesting(value, 0) }
      try assign(target, value, scope)
    case .blockAssignment(let target, let filter, let body):
      var value = TemplateValue.string(try capture(body, TemplateScope(parent: scope)))
      if let filter { value = try apply(filter, to: value, scope) }
      try assign(target, value, scope)
    case .macro(let macro): scope.set(macro.name, closure(macro, scope))
    case .call(let call, let caller):
      guard case .call(let callee, let arguments) = call.kind else { return .onward }
      let function = try evaluate(callee, scope)
      var values = try evaluate(arguments, scope)
      values.named.append(("caller", closure(caller, scope)))
      position = call.position
      try write(try text(of: try self.call(function, values)))
    case .filterBlock(let filter, let body):
      let text = try capture(body, TemplateScope(parent: scope))
      try write(try self.text(of: try apply(filter, to: .string(text), scope)))
    case .generation(let body): try markGenerated(body, TemplateScope(parent: scope))
    case .scope(let bindings, let body):
      let inner = TemplateScope(parent: scope)
      let values = try bindings.map { try evaluate($0.value, scope) }
      for (binding, value) in zip(bindings, values) { try assign(binding.target, value, inner) }
      return try execute(body, inner)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .onward
  }

  /// Goes through the items of a value with the loop's body.
  func run(
    _ loop: TemplateLoop, over value: TemplateValue, _ scope: TemplateScope, depth loopDepth: Int
  ) throws {
    var items = try self.items(of: value)
    if let condition = loop.condition {
      var kept: [TemplateValue] = []
      for item in items {
        let inner = TemplateScope(parent: scope)
        try assign(loop.target, item, inner)
        if try evaluate(condition, inner).isTrue { kept.append(item) }
      }
      items = kept
    }
    if items.isEmpty {
      _ = try execute(loop.otherwise, TemplateScope(parent: scope))
      return
    }
    let state = LoopState(items: items, depth: loopDepth, recursion: loop.isRecursive ? (loop, scope) : nil)
    for index in items.indices {
      try work()
      state.index = index
      let inner = TemplateScope(parent: scope)
      inner.set("loop", .loop(state))
      try assign(loop.target, items[index], inner)
      if try execute(loop.body, inner) == .breakLoop { return }
    }
  }

  /// Renders a recursive loop's body over other items, for `loop(items)`.
  func recurse(_ loop: LoopState, over value: TemplateValue) throws -> TemplateValue {
    guard let (body, scope) = loop.recursion else {
      throw TemplateFault.type("The loop must have the 'recursive' marker to be called recursively.")
    }
    try enter()
    defer { depth -= 1 }
    return .string(try captured { try run(body, over: value, scope, depth: loop.depth + 1) })
  }

  func assign(_ target: TemplateTarget, _ value: TemplateValue, _ scope: TemplateScope) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .tuple(let targets):
      let items = try self.items(of: value)
      guard items.count == targets.count else {
        throw TemplateFault.value(
          items.count > targets.count
            ? "too many values to unpack (expected \(targets.count))"
            : "not enough values to unpack (expected \(targets.count), got \(items.count))")
      }
      for (target, item) in zip(targets, items) { try assign(target, item, scope) }
    case .namespaceAttribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope.find(name) else {
        throw TemplateFault.type("cannot assign attribute on non-namespace object")
      }
      try checkStorable(attribute)
      if case .loop = value { throw TemplateFault(.unsupported("a loop object in a namespace")) }
      namespace.attributes.set(attribute, value)
    }
  }

  func checkStorable(_ attribute: String) throws {
    if attribute.hasPrefix("_") {
      throw TemplateFault(
        .security("templates cannot store the underscore-prefixed attribute '\(attribute)' on a namespace"))
    }
  }
}
