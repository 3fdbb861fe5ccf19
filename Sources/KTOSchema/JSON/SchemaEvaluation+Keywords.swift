internal import KTOCore

extension SchemaEvaluation {
  // MARK: - Keywords for any value

  mutating func checkValue(_ node: SchemaNode, _ value: JSONNode, _ pointer: String) {
    if let types = node.types, !types.contains(where: { hasType($0, value) }) {
      add(value, pointer, node, "type", "must be \(types.joined(separator: " or ")), not \(value.typeName)")
    }
    if let allowed = node.enumeration, !allowed.contains(where: { isEqual($0, value.value) }) {
      let shown = allowed.prefix(8).map(\.jsonText).joined(separator: ", ")
      add(value, pointer, node, "enum", "must be one of \(shown)")
    }
    if let constant = node.constant, !isEqual(constant, value.value) {
      add(value, pointer, node, "const", "must be \(excerpt(constant.jsonText))")
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

  mutating func checkObject(
    _ node: SchemaNode, _ object: JSONObject, _ value: JSONNode, _ pointer: String,
    _ evaluated: inout EvaluatedParts
  ) {
    for key in node.required where object[key] == nil {
      add(value, pointer, node, "required", "the required key \"\(excerpt(key))\" is missing")
    }
    for rule in node.dependentSchemas where object[rule.key] != nil {
      evaluated.formUnion(evaluate(rule.schema, value, pointer))
    }
    for rule in node.dependentRequired where object[rule.key] != nil {
      for key in rule.needs where object[key] == nil {
        add(
          value, pointer, node, "dependentRequired",
          "the key \"\(excerpt(key))\" is required beside \"\(excerpt(rule.key))\"")
      }
    }
    if let least = node.minProperties, object.members.count < least {
      add(
        value, pointer, node, "minProperties", "must have at least \(least) keys, has \(object.members.count)"
      )
    }
    if let most = node.maxProperties, object.members.count > most {
      add(
        value, pointer, node, "maxProperties", "must have at most \(most) keys, has \(object.members.count)")
    }
    for member in object.members {
      let place = pointer + jsonPointerToken(member.key)
      var isKnown = false
      if let property = node.properties[member.key] {
        isKnown = true
        _ = evaluate(property, member.node, place)
      }
      for (pattern, property) in node.patternProperties where pattern.isFound(in: member.key) {
        isKnown = true
        _ = evaluate(property, member.node, place)
      }
      if !isKnown, let additional = node.additionalProperties {
        if schema.nodes[additional].verdict == false {
          add(
            member.node, place, node, "additionalProperties",
            "the key \"\(excerpt(member.key))\" is not known here")
        } else {
          _ = evaluate(additional, member.node, place)
        }
        isKnown = true
      }
      if isKnown, schema.tracksEvaluation { evaluated.properties.insert(member.key) }
      if let names = node.propertyNames {
        _ = evaluate(names, JSONNode(.string(member.key), offset: member.keyOffset), place)
      }
    }
  }

  // MARK: - Arrays

  mutating func checkArray(
    _ node: SchemaNode, _ items: [JSONNode], _ value: JSONNode, _ pointer: String,
    _ evaluated: inout EvaluatedParts
  ) {
    if let least = node.minItems, items.count < least {
      add(value, pointer, node, "minItems", "must have at least \(least) items, has \(items.count)")
    }
    if let most = node.maxItems, items.count > most {
      add(value, pointer, node, "maxItems", "must have at most \(most) items, has \(items.count)")
    }
    for (index, item) in items.enumerated() {
      if index < node.prefixItems.count {
        _ = evaluate(node.prefixItems[index], item, "\(pointer)/\(index)")
      } else if let rest = node.items {
        _ = evaluate(rest, item, "\(pointer)/\(index)")
      }
    }
    evaluated.itemCount = max(
      evaluated.itemCount, node.items == nil ? min(items.count, node.prefixItems.count) : items.count)
    if let wanted = node.contains {
      var count = 0
      for (index, item) in items.enumerated()
      where trial(wanted, item, "\(pointer)/\(index)").violations.isEmpty {
        count += 1
        evaluated.items.insert(index)
      }
      let least = node.minContains ?? 1
      if count < least {
        add(
          value, pointer, node, "minContains", "must contain at least \(least) matching items, has \(count)")
      }
      if let most = node.maxContains, count > most {
        add(value, pointer, node, "maxContains", "must contain at most \(most) matching items, has \(count)")
      }
    }
    if node.uniqueItems, hasDuplicates(items) {
      add(value, pointer, node, "uniqueItems", "the items must differ from one another")
    }
  }

  private func hasDuplicates(_ items: [JSONNode]) -> Bool {
    var seen = Set<[UInt8]>()
    for item in items where !seen.insert(canonicalJSON(item.value)).inserted { return true }
    return false
  }

  // MARK: - Strings and numbers

  mutating func checkString(_ node: SchemaNode, _ text: String, _ value: JSONNode, _ pointer: String) {
    if node.minLength != nil || node.maxLength != nil {
      // A length counts code points.
      let count = text.unicodeScalars.count
      if let least = node.minLength, count < least {
        add(value, pointer, node, "minLength", "must have at least \(least) characters, has \(count)")
      }
      if let most = node.maxLength, count > most {
        add(value, pointer, node, "maxLength", "must have at most \(most) characters, has \(count)")
      }
    }
    if let pattern = node.pattern, !pattern.isFound(in: text) {
      add(value, pointer, node, "pattern", "does not have the required form")
    }
  }

  mutating func checkNumber(_ node: SchemaNode, _ value: JSONNode, _ pointer: String) {
    guard let number = value.double else { return }
    if let least = node.minimum, number < least {
      add(value, pointer, node, "minimum", "must be at least \(least)")
    }
    if let most = node.maximum, number > most {
      add(value, pointer, node, "maximum", "must be at most \(most)")
    }
    if let bound = node.exclusiveMinimum, number <= bound {
      add(value, pointer, node, "exclusiveMinimum", "must be above \(bound)")
    }
    if let bound = node.exclusiveMaximum, number >= bound {
      add(value, pointer, node, "exclusiveMaximum", "must be below \(bound)")
    }
    if let divisor = node.multipleOf {
      let quotient = number / divisor
      // The tolerance lets decimal fractions such as 0.0075 be multiples of 0.0001.
      let isMultiple =
        quotient.isFinite
        ? abs(quotient - quotient.rounded()) <= abs(quotient) * 0x1p-51
        : number.truncatingRemainder(dividingBy: divisor) == 0
      if !isMultiple { add(value, pointer, node, "multipleOf", "must be a multiple of \(divisor)") }
    }
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
