internal import KTOCore

/// One run of a schema over one value.
struct SchemaEvaluation {
  let schema: JSONSchema
  private(set) var violations: [JSONSchema.Violation] = []
  private var depth = 0
  /// Deeper than any data the parser lets in with the references on its way.
  private static let maxDepth = 1024
  /// The resources that were entered on the way here, the outermost first.
  private var scope: [Int] = []
  /// Nodes that references lead to and values on the way here: a circle comes back to the same value.
  private var active: Set<Visit> = []

  private struct Visit: Hashable {
    var node: Int
    var pointer: String
  }

  init(schema: JSONSchema) { self.schema = schema }

  /// - Returns: what was looked at, where the schema depends on it, also where something of it is refused: what was
  /// looked at is not to be refused a second time for not having been.
  mutating func evaluate(_ index: Int, _ value: JSONNode, _ pointer: String) -> EvaluatedParts {
    let node = schema.nodes[index]
    if let verdict = node.verdict {
      if !verdict { add(value, pointer, node, nil, "no value is allowed here") }
      return .none
    }
    let visit = Visit(node: index, pointer: node.isReferenced ? pointer : "")
    guard depth < Self.maxDepth, !node.isReferenced || active.insert(visit).inserted else {
      add(value, pointer, node, nil, "the schema refers to itself without end")
      return .none
    }
    depth += 1
    let entersResource = scope.last != node.resource
    if entersResource { scope.append(node.resource) }
    defer {
      depth -= 1
      if entersResource { scope.removeLast() }
      if node.isReferenced { active.remove(visit) }
    }
    var evaluated = EvaluatedParts.none
    if let reference = node.reference { evaluated.formUnion(evaluate(reference, value, pointer)) }
    if let reference = node.dynamicReference {
      evaluated.formUnion(evaluate(target(of: reference), value, pointer))
    }
    checkValue(node, value, pointer)
    switch value.value {
    case .object(let object): checkObject(node, object, value, pointer, &evaluated)
    case .array(let items): checkArray(node, items, value, pointer, &evaluated)
    case .string(let text): checkString(node, text, value, pointer)
    case .integer, .double: checkNumber(node, value, pointer)
    case .null, .bool: break
    }
    checkCombinations(node, value, pointer, &evaluated)
    checkUnevaluated(node, value, pointer, &evaluated)
    return evaluated
  }

  /// - Parameter keyword: nil for the node itself.
  mutating func add(
    _ value: JSONNode, _ pointer: String, _ node: SchemaNode, _ keyword: String?, _ message: String
  ) {
    let place = keyword.map { "\(node.place)/\($0)" } ?? node.place
    violations.append(
      JSONSchema.Violation(offset: value.offset, pointer: pointer, message: message, keyword: place))
  }

  /// What a part of the schema finds, without keeping it.
  mutating func trial(
    _ index: Int, _ value: JSONNode, _ pointer: String
  ) -> (violations: [JSONSchema.Violation], evaluated: EvaluatedParts) {
    let kept = violations
    violations = []
    let evaluated = evaluate(index, value, pointer)
    defer { violations = kept }
    return (violations, violations.isEmpty ? evaluated : .none)
  }

  /// The outermost resource on the way here that has the anchor, or where the reference leads by itself.
  private func target(of reference: (first: Int, anchor: String?)) -> Int {
    guard let anchor = reference.anchor, let nodes = schema.dynamicAnchors[anchor] else {
      return reference.first
    }
    return scope.lazy.compactMap { nodes[$0] }.first ?? reference.first
  }

  // MARK: - Combinations

  private mutating func checkCombinations(
    _ node: SchemaNode, _ value: JSONNode, _ pointer: String, _ evaluated: inout EvaluatedParts
  ) {
    for part in node.allOf { evaluated.formUnion(evaluate(part, value, pointer)) }
    checkAnyOf(node, value, pointer, &evaluated)
    checkOneOf(node, value, pointer, &evaluated)
    if let not = node.not, trial(not, value, pointer).violations.isEmpty {
      add(value, pointer, node, "not", "has a form that is not allowed here")
    }
    if let condition = node.condition {
      let got = trial(condition, value, pointer)
      evaluated.formUnion(got.evaluated)
      let branch = got.violations.isEmpty ? node.thenSchema : node.elseSchema
      if let branch { evaluated.formUnion(evaluate(branch, value, pointer)) }
    }
  }

  private mutating func checkAnyOf(
    _ node: SchemaNode, _ value: JSONNode, _ pointer: String, _ evaluated: inout EvaluatedParts
  ) {
    var closest: [JSONSchema.Violation]?
    for part in node.anyOf {
      let got = trial(part, value, pointer)
      if got.violations.isEmpty {
        closest = []
        evaluated.formUnion(got.evaluated)
        // The other alternatives matter only for what they look at.
        if !schema.tracksEvaluation { break }
      } else if closest?.isEmpty != true {
        closest = better(closest, got.violations)
      }
    }
    violations += closest ?? []
  }

  private mutating func checkOneOf(
    _ node: SchemaNode, _ value: JSONNode, _ pointer: String, _ evaluated: inout EvaluatedParts
  ) {
    guard !node.oneOf.isEmpty else { return }
    var closest: [JSONSchema.Violation]?
    var passed = 0
    for part in node.oneOf {
      let got = trial(part, value, pointer)
      if got.violations.isEmpty {
        passed += 1
        evaluated.formUnion(got.evaluated)
      } else {
        closest = better(closest, got.violations)
      }
    }
    if passed == 0 { violations += closest ?? [] }
    if passed > 1 {
      add(value, pointer, node, "oneOf", "fits \(passed) alternatives where exactly one must fit")
    }
  }

  /// Of two failed alternatives the one whose first complaint lies deeper: it came closer to fitting.
  private func better(
    _ a: [JSONSchema.Violation]?, _ b: [JSONSchema.Violation]
  ) -> [JSONSchema.Violation] {
    guard let a else { return b }
    func reach(_ found: [JSONSchema.Violation]) -> Int { found.map(\.pointer.utf8.count).min() ?? 0 }
    return reach(b) > reach(a) ? b : a
  }

  // MARK: - What is left

  private mutating func checkUnevaluated(
    _ node: SchemaNode, _ value: JSONNode, _ pointer: String, _ evaluated: inout EvaluatedParts
  ) {
    if let rest = node.unevaluatedProperties, let object = value.object {
      for member in object.members where !evaluated.properties.contains(member.key) {
        let place = pointer + jsonPointerToken(member.key)
        if schema.nodes[rest].verdict == false {
          add(
            member.node, place, node, "unevaluatedProperties",
            "the key \"\(excerpt(member.key))\" is not known here")
        } else {
          _ = evaluate(rest, member.node, place)
        }
        evaluated.properties.insert(member.key)
      }
    }
    if let rest = node.unevaluatedItems, let items = value.array {
      for (index, item) in items.enumerated().dropFirst(evaluated.itemCount)
      where !evaluated.items.contains(index) {
        _ = evaluate(rest, item, "\(pointer)/\(index)")
      }
      evaluated.itemCount = items.count
    }
  }
}
