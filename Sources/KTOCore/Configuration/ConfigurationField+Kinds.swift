/// Which numbers a key accepts.
package enum NumberRange: Sendable {
  case within(ClosedRange<Double>)
  /// Greater than the first, at most the second.
  case above(Double, through: Double)

  func contains(_ number: Double) -> Bool {
    switch self {
    case .within(let range): range.contains(number)
    case .above(let low, let high): number > low && number <= high
    }
  }

  var summary: String {
    switch self {
    case .within(let range): "a number from \(brief(range.lowerBound)) to \(brief(range.upperBound))"
    case .above(let low, let high): "a number above \(brief(low)) and at most \(brief(high))"
    }
  }

  var schema: [(String, JSONValue)] {
    switch self {
    case .within(let range):
      [("minimum", .double(range.lowerBound)), ("maximum", .double(range.upperBound))]
    case .above(let low, let high): [("exclusiveMinimum", .double(low)), ("maximum", .double(high))]
    }
  }
}

private func brief(_ number: Double) -> String {
  Int(exactly: number).map { String($0) } ?? "\(number)"
}

extension ConfigurationField {
  /// The one way in for a key with a single value.
  static func value<Value>(
    _ key: String, _ path: WritableKeyPath<Root, Value>, _ summary: String, required: Bool = false,
    parse: @escaping (YAMLNode, ConfigurationContext) -> Value?, render: @escaping (Value) -> RenderedValue,
    schema: @escaping (Value) -> [(String, JSONValue)]
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, summary: summary, isRequired: required, children: [],
      read: { root, node, context in
        if let value = parse(node, context) { root[keyPath: path] = value }
      },
      check: { _, node, context in
        if required, node == nil {
          context.report(
            .configurationMissingKey, at: context.whole, "\(context.path)\(key) is missing",
            hint: context.isConfiguration
              ? "set it in the file, or with --set \(context.path)\(key)=VALUE" : summary)
        }
      },
      render: { render($0[keyPath: path]) }, schema: { schema($0[keyPath: path]) })
  }

  package static func int(
    _ key: String, _ path: WritableKeyPath<Root, Int>, in range: ClosedRange<Int>, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary, parse: { readInt(key, $0, range, $1) }, render: { .integer($0) },
      schema: { intSchema(range, type: .string("integer")) + [("default", .integer($0))] })
  }

  /// `null` is a value of its own.
  package static func optionalInt(
    _ key: String, _ path: WritableKeyPath<Root, Int?>, in range: ClosedRange<Int>, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { node, context in
        if node.value == .null { return .some(nil) }
        return readInt(key, node, range, context).map { .some($0) }
      },
      render: { $0.map { .integer($0) } ?? .null },
      schema: {
        intSchema(range, type: .items([.string("integer"), .string("null")]))
          + [("default", $0.map { .integer($0) } ?? .null)]
      })
  }

  package static func double(
    _ key: String, _ path: WritableKeyPath<Root, Double>, _ range: NumberRange, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { readDouble(key, $0, range, $1) },
      render: { .double($0) },
      schema: { [("type", .string("number"))] + range.schema + [("default", .double($0))] })
  }

  package static func bool(
    _ key: String, _ path: WritableKeyPath<Root, Bool>, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { node, context in
        if case .bool(let flag) = node.value { return flag }
        context.wrongType(key, node, expected: "true or false")
        return nil
      },
      render: { .bool($0) }, schema: { [("type", .string("boolean")), ("default", .bool($0))] })
  }

  /// A text that is not empty.
  package static func string(
    _ key: String, _ path: WritableKeyPath<Root, String>, required: Bool = false, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary, required: required, parse: { readString(key, $0, $1) },
      render: { .string($0) },
      schema: {
        [("type", .string("string")), ("minLength", .integer(1))]
          + (required ? [] : [("default", .string($0))])
      })
  }

  /// `null` is a value of its own.
  package static func optionalString(
    _ key: String, _ path: WritableKeyPath<Root, String?>, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { node, context in
        if node.value == .null { return .some(nil) }
        return readString(key, node, context).map { .some($0) }
      },
      render: { $0.map { .string($0) } ?? .null },
      schema: {
        [
          ("type", .items([.string("string"), .string("null")])), ("minLength", .integer(1)),
          ("default", $0.map { .string($0) } ?? .null),
        ]
      })
  }

  /// - Parameters:
  ///   - minimum: the fewest items.
  ///   - allowed: what an item may be; anything when nil.
  package static func strings(
    _ key: String, _ path: WritableKeyPath<Root, [String]>, minimum: Int = 0, allowed: [String]? = nil,
    _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { node, context in
        guard let items = node.items else {
          context.wrongType(key, node, expected: "a list of strings", hint: "for example [first, second]")
          return nil
        }
        if items.count < minimum {
          context.outOfRange(key, node, expected: "a list of at least \(minimum)")
          return nil
        }
        let texts = items.map { item -> String? in
          guard let text = readString(key, item, context) else { return nil }
          guard let allowed, !allowed.contains(text) else { return text }
          context.outOfRange(
            key, item, expected: "a list of " + allowed.joined(separator: ", "),
            hint: closest(to: text, in: allowed).map { "did you mean \($0)?" })
          return nil
        }
        return texts.contains(nil) ? nil : texts.compactMap { $0 }
      },
      render: { .strings($0) },
      schema: { value in
        [
          ("type", .string("array")),
          (
            "items",
            allowed.map { .members(["type": .string("string"), "enum": .items($0.map { .string($0) })]) }
              ?? .members(["type": .string("string"), "minLength": .integer(1)])
          ),
          ("minItems", .integer(minimum)), ("default", .items(value.map { .string($0) })),
        ]
      })
  }

  package static func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ path: WritableKeyPath<Root, Choice>, _ summary: String
  ) -> ConfigurationField where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    let expected =
      names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    return value(
      key, path, summary,
      parse: { node, context in
        // A plain `none` is text, but a plain `null` or number is not.
        guard case .string(let text) = node.value else {
          context.wrongType(key, node, expected: expected)
          return nil
        }
        if let choice = Choice(rawValue: text) { return choice }
        context.outOfRange(
          key, node, expected: expected, hint: closest(to: text, in: names).map { "did you mean \($0)?" })
        return nil
      },
      render: { .string($0.rawValue) },
      schema: {
        [
          ("type", .string("string")), ("enum", .items(names.map { .string($0) })),
          ("default", .string($0.rawValue)),
        ]
      })
  }

  /// The name of a member of a registry, such as a format or an estimator. What is accepted, the message and the
  /// JSON Schema come from the list.
  /// - Parameter names: every member's name, in the order of the list.
  package static func member(
    _ key: String, _ path: WritableKeyPath<Root, String>, of names: [String], _ summary: String
  ) -> ConfigurationField {
    let expected =
      names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    return value(
      key, path, summary,
      parse: { node, context in
        // A plain `none` is text, but a plain `null` or number is not.
        guard case .string(let text) = node.value else {
          context.wrongType(key, node, expected: expected)
          return nil
        }
        if names.contains(where: { $0.hasSameBytes(as: text) }) { return text }
        context.outOfRange(
          key, node, expected: expected, hint: closest(to: text, in: names).map { "did you mean \($0)?" })
        return nil
      },
      render: { .string($0) },
      schema: {
        [
          ("type", .string("string")), ("enum", .items(names.map { .string($0) })),
          ("default", .string($0)),
        ]
      })
  }

  /// A value with a notation of its own, such as `50/50`.
  /// - Parameters:
  ///   - expected: what is accepted, in words.
  ///   - pattern: the same as a regular expression, for the JSON Schema.
  package static func notation<Value>(
    _ key: String, _ path: WritableKeyPath<Root, Value>, expected: String, pattern: String,
    parse: @escaping (String) -> Value?, render: @escaping (Value) -> String, _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary,
      parse: { node, context in
        guard case .string(let text) = node.value else {
          context.wrongType(key, node, expected: expected)
          return nil
        }
        if let value = parse(text) { return value }
        context.outOfRange(key, node, expected: expected)
        return nil
      },
      render: { .string(render($0)) },
      schema: {
        [("type", .string("string")), ("pattern", .string(pattern)), ("default", .string(render($0)))]
      })
  }

  package static func section<Section: ConfigurationSection>(
    _ key: String, _ path: WritableKeyPath<Root, Section>, _ summary: String
  ) -> ConfigurationField {
    ConfigurationField(
      key: key, summary: summary, isRequired: false, children: Section.keys,
      read: { root, node, context in
        context.within(key) { Section.read(&root[keyPath: path], node, context) }
      },
      check: { root, node, context in
        context.within(key) { Section.check(root[keyPath: path], node, context) }
      },
      render: { Section.render($0[keyPath: path]) },
      schema: { Section.schemaMembers(defaults: $0[keyPath: path]) })
  }
}

private func readInt(
  _ key: String, _ node: YAMLNode, _ range: ClosedRange<Int>, _ context: ConfigurationContext
)
  -> Int?
{
  let limit = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
  let expected =
    range.upperBound == .max
    ? "a whole number, \(range.lowerBound) \(limit)" : "a whole number from \(range.lowerBound) \(limit)"
  guard case .integer(let number) = node.value else {
    context.wrongType(key, node, expected: expected)
    return nil
  }
  guard range.contains(number) else {
    context.outOfRange(key, node, expected: expected)
    return nil
  }
  return number
}

func readDouble(
  _ key: String, _ node: YAMLNode, _ range: NumberRange, _ context: ConfigurationContext
) -> Double? {
  let number: Double
  switch node.value {
  case .integer(let whole): number = Double(whole)
  case .double(let double): number = double
  default:
    context.wrongType(key, node, expected: range.summary)
    return nil
  }
  guard range.contains(number) else {
    context.outOfRange(key, node, expected: range.summary)
    return nil
  }
  return number
}

private func readString(_ key: String, _ node: YAMLNode, _ context: ConfigurationContext) -> String? {
  guard case .string(let text) = node.value else {
    let isScalar = node.items == nil && node.members == nil
    context.wrongType(
      key, node, expected: "a string", hint: isScalar ? "put it in quotes to make it one" : nil)
    return nil
  }
  guard !text.isEmpty, !text.utf8.contains(0) else {
    context.outOfRange(key, node, expected: "a string that is not empty")
    return nil
  }
  return text
}

private func intSchema(_ range: ClosedRange<Int>, type: JSONValue) -> [(String, JSONValue)] {
  [("type", type), ("minimum", .integer(range.lowerBound))]
    + (range.upperBound == .max ? [] : [("maximum", .integer(range.upperBound))])
}
