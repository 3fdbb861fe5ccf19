internal import KTOCore

/// One run of a schema over one value.
struct SchemaEvaluation {
  let schema: JSONSchema
  private(set) var violations: [JSONSchema.Violation] = []
  private var depth = 0
  /// Deeper than any data the parser lets in; only a circle of references gets here.
  private static let maxDepth = 1024

  init(schema: JSONSchema) { self.schema = schema }

  mutating func evaluate(_ index: Int, _ value: JSONNode, _ pointer: String) {
    let node = schema.nodes[index]
    if let verdict = node.verdict {
      if !verdict { add(value, pointer, "no value is allowed here") }
      return
    }
    guard depth < Self.maxDepth else { return add(value, pointer, "the schema refers to itself without end") }
    depth += 1
    defer { depth -= 1 }
    if let reference = node.reference { evaluate(reference, value, pointer) }
    checkValue(node, value, pointer)
    switch value.value {
    case .object(let object): checkObject(node, object, value, pointer)
    case .array(let items): checkArray(node, items, value, pointer)
    case .string(let text): checkString(node, text, value, pointer)
    case .integer, .double: checkNumber(node, value, pointer)
    case .null, .bool: break
    }
    checkApplicators(node, value, pointer)
  }

  private mutating func add(_ value: JSONNode, _ pointer: String, _ message: String) {
    violations.append(JSONSchema.Violation(offset: value.offset, pointer: pointer, message: message))
  }

  /// What a part of the schema finds, without keeping it.
  private func trial(_ index: Int, _ value: JSONNode, _ pointer: String) -> [JSONSchema.Violation] {
    var inner = SchemaEvaluation(schema: schema)
    inner.depth = depth
    inner.evaluate(index, value, pointer)
    return inner.violations
  }

  // MARK: - Keywords for any value

  private mutating func checkValue(_ node: SchemaNode, _ value: JSONNode, _ pointer: String) {
    if let types = node.types, !types.contains(where: { hasType($0, value) }) {
      add(value, pointer, "must be \(types.joined(separator: " or ")), not \(value.typeName)")
    }
    if let allowed = node.enumeration, !allowed.contains(where: { isEqual($0, value.value) }) {
      let shown = allowed.prefix(8).map(\.jsonText).joined(separator: ", ")
      add(value, pointer, "must be one of \(shown)")
    }
    if let constant = node.constant, !isEqual(constant, value.value) {
      add(value, pointer, "must be \(excerpt(constant.jsonText))")
    }
  }

  private func hasType(_ type: String, _ value: JSONNode) -> Bool {
    switch (type, value.value) {
    case ("null", .null), ("boolean", .bool), ("object", .object), ("array", .array), ("string", .string),
      ("number", .integer), ("number", .double), ("integer", .integer):
      true
    case ("integer", .double(let number)): number.rounded() == number && number.isFinite
    default: false
    }
  }

  // MARK: - Objects

  private mutating func checkObject(
    _ node: SchemaNode, _ object: JSONObject, _ value: JSONNode, _ pointer: String
  ) {
    for key in node.required where object[key] == nil {
      add(value, pointer, "the required key \"\(excerpt(key))\" is missing")
    }
    for rule in node.dependentRequired where object[rule.key] != nil {
      for key in rule.needs where object[key] == nil {
        add(value, pointer, "the key \"\(excerpt(key))\" is required beside \"\(excerpt(rule.key))\"")
      }
    }
    if let least = node.minProperties, object.members.count < least {
      add(value, pointer, "must have at least \(least) keys, has \(object.members.count)")
    }
    if let most = node.maxProperties, object.members.count > most {
      add(value, pointer, "must have at most \(most) keys, has \(object.members.count)")
    }
    for member in object.members {
      let place = pointer + jsonPointerToken(member.key)
      var isKnown = false
      if let property = node.properties[member.key] {
        isKnown = true
        evaluate(property, member.node, place)
      }
      for (pattern, property) in node.patternProperties where pattern.isFound(in: member.key) {
        isKnown = true
        evaluate(property, member.node, place)
      }
      if !isKnown, let additional = node.additionalProperties {
        if schema.nodes[additional].verdict == false {
          add(member.node, place, "the key \"\(excerpt(member.key))\" is not known here")
        } else {
          evaluate(additional, member.node, place)
        }
      }
      if let names = node.propertyNames {
        evaluate(names, JSONNode(.string(member.key), offset: member.keyOffset), place)
      }
    }
  }

  // MARK: - Arrays

  private mutating func checkArray(
    _ node: SchemaNode, _ items: [JSONNode], _ value: JSONNode, _ pointer: String
  ) {
    if let least = node.minItems, items.count < least {
      add(value, pointer, "must have at least \(least) items, has \(items.count)")
    }
    if let most = node.maxItems, items.count > most {
      add(value, pointer, "must have at most \(most) items, has \(items.count)")
    }
    for (index, item) in items.enumerated() {
      if index < node.prefixItems.count {
        evaluate(node.prefixItems[index], item, "\(pointer)/\(index)")
      } else if let rest = node.items {
        evaluate(rest, item, "\(pointer)/\(index)")
      }
    }
    if let wanted = node.contains {
      let count = items.enumerated().count { trial(wanted, $0.element, "\(pointer)/\($0.offset)").isEmpty }
      let least = node.minContains ?? 1
      if count < least { add(value, pointer, "must contain at least \(least) matching items, has \(count)") }
      if let most = node.maxContains, count > most {
        add(value, pointer, "must contain at most \(most) matching items, has \(count)")
      }
    }
    if node.uniqueItems, hasDuplicates(items) {
      add(value, pointer, "the items must differ from one another")
    }
  }

  private func hasDuplicates(_ items: [JSONNode]) -> Bool {
    var seen = Set<[UInt8]>()
    for item in items where !seen.insert(canonicalJSON(item.value)).inserted { return true }
    return false
  }

  // MARK: - Strings and numbers

  private mutating func checkString(_ node: SchemaNode, _ text: String, _ value: JSONNode, _ pointer: String)
  {
    if node.minLength != nil || node.maxLength != nil {
      // A length counts code points.
      let count = text.unicodeScalars.count
      if let least = node.minLength, count < least {
        add(value, pointer, "must have at least \(least) characters, has \(count)")
      }
      if let most = node.maxLength, count > most {
        add(value, pointer, "must have at most \(most) characters, has \(count)")
      }
    }
    if let pattern = node.pattern, !pattern.isFound(in: text) {
      add(value, pointer, "does not have the required form")
    }
  }

  private mutating func checkNumber(_ node: SchemaNode, _ value: JSONNode, _ pointer: String) {
    guard let number = value.double else { return }
    if let least = node.minimum, number < least { add(value, pointer, "must be at least \(least)") }
    if let most = node.maximum, number > most { add(value, pointer, "must be at most \(most)") }
    if let bound = node.exclusiveMinimum, number <= bound { add(value, pointer, "must be above \(bound)") }
    if let bound = node.exclusiveMaximum, number >= bound { add(value, pointer, "must be below \(bound)") }
    if let divisor = node.multipleOf {
      let quotient = number / divisor
      // The tolerance lets decimal fractions such as 0.0075 be multiples of 0.0001.
      let isMultiple =
        quotient.isFinite
        ? abs(quotient - quotient.rounded()) <= abs(quotient) * 0x1p-51
        : number.truncatingRemainder(dividingBy: divisor) == 0
      if !isMultiple { add(value, pointer, "must be a multiple of \(divisor)") }
    }
  }

  // MARK: - Combinations

  private mutating func checkApplicators(_ node: SchemaNode, _ value: JSONNode, _ pointer: String) {
    for part in node.allOf { evaluate(part, value, pointer) }
    if !node.anyOf.isEmpty {
      var closest: [JSONSchema.Violation]?
      for part in node.anyOf {
        let found = trial(part, value, pointer)
        if found.isEmpty {
          closest = []
          break
        }
        closest = better(closest, found, at: pointer)
      }
      violations += closest ?? []
    }
    if !node.oneOf.isEmpty {
      var closest: [JSONSchema.Violation]?
      var passed = 0
      for part in node.oneOf {
        let found = trial(part, value, pointer)
        if found.isEmpty { passed += 1 } else { closest = better(closest, found, at: pointer) }
      }
      if passed == 0 { violations += closest ?? [] }
      if passed > 1 { add(value, pointer, "fits \(passed) alternatives where exactly one must fit") }
    }
    if let not = node.not, trial(not, value, pointer).isEmpty {
      add(value, pointer, "has a form that is not allowed here")
    }
    if let condition = node.condition {
      let branch = trial(condition, value, pointer).isEmpty ? node.thenSchema : node.elseSchema
      if let branch { evaluate(branch, value, pointer) }
    }
  }

  /// Of two failed alternatives the one whose first complaint lies deeper: it came closer to fitting.
  private func better(
    _ a: [JSONSchema.Violation]?, _ b: [JSONSchema.Violation], at pointer: String
  ) -> [JSONSchema.Violation] {
    guard let a else { return b }
    func reach(_ found: [JSONSchema.Violation]) -> Int { found.map(\.pointer.utf8.count).min() ?? 0 }
    return reach(b) > reach(a) ? b : a
  }
}

/// JSON Schema's equality: numbers by value, objects without regard to the order of keys.
private func isEqual(_ a: JSONValue, _ b: JSONValue) -> Bool { canonicalJSON(a) == canonicalJSON(b) }

/// A text that equal values share and others do not.
private func canonicalJSON(_ value: JSONValue) -> [UInt8] {
  Array(canonical(value).jsonText.utf8)
}

private func canonical(_ value: JSONValue) -> JSONValue {
  switch value {
  case .double(let number): Int(exactly: number).map { .integer($0) } ?? value
  case .array(let items): .array(items.map { JSONNode(canonical($0.value)) })
  case .object(let object):
    .object(
      JSONObject(
        object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { JSONObject.Member($0.key, JSONNode(canonical($0.node.value))) }))
  default: value
  }
}
