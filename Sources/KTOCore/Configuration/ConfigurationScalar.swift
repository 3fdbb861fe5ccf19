/// A value that a file compares with what data holds: a bool, a number or a word.
///
/// Types never mix: `true` is not the word `"true"`, and 1 is not `"1"`. Upper and lower case of a word are the same.
package enum ConfigurationScalar: Sendable, Hashable {
  case bool(Bool)
  case number(Double)
  /// In lower case.
  case word(String)

  package init(word: String) { self = .word(word.lowercased()) }

  init?(_ node: YAMLNode) {
    switch node.value {
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .number(Double(number))
    case .double(let number) where number.isFinite: self = .number(number)
    case .string(let text) where !text.isEmpty: self.init(word: text)
    default: return nil
    }
  }

  /// The same value as JSON has it; nil for null, lists and objects.
  package init?(_ value: JSONValue) {
    switch value {
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .number(Double(number))
    case .double(let number): self = .number(number)
    case .string(let text): self.init(word: text)
    default: return nil
    }
  }

  package var json: JSONValue {
    switch self {
    case .bool(let flag): .bool(flag)
    case .number(let number): Int(exactly: number).map { .integer($0) } ?? .double(number)
    case .word(let text): .string(text)
    }
  }
}

extension ConfigurationField {
  /// A list of bools, numbers and words, or one of them by itself.
  package static func scalars(
    _ key: String, _ path: WritableKeyPath<Root, [ConfigurationScalar]>, _ summary: String
  ) -> ConfigurationField {
    let expected = "true, false, a number, a word, or a list of them"
    return value(
      key, path, summary,
      parse: { node, context in
        var scalars: [ConfigurationScalar] = []
        for item in node.items ?? [node] {
          guard let scalar = ConfigurationScalar(item) else {
            context.wrongType(key, item, expected: expected)
            return nil
          }
          scalars.append(scalar)
        }
        return scalars
      },
      render: { .items($0.map(\.json)) },
      schema: { value in
        let one = JSONValue.items(["boolean", "number", "string"].map { .string($0) })
        let more = JSONValue.items(["boolean", "number", "string", "array"].map { .string($0) })
        return [
          ("type", more), ("items", .members(["type": one])), ("default", .items(value.map(\.json))),
        ]
      })
  }

  /// `null` is a value of its own.
  package static func optionalDouble(
    _ key: String, _ path: WritableKeyPath<Root, Double?>, _ range: NumberRange, required: Bool = false,
    _ summary: String
  ) -> ConfigurationField {
    value(
      key, path, summary, required: required,
      parse: { node, context in
        if node.value == .null, !required { return .some(nil) }
        return readDouble(key, node, range, context).map { .some($0) }
      },
      render: { $0.map { .double($0) } ?? .null },
      schema: {
        let types = ["number"] + (required ? [] : ["null"])
        return [("type", .items(types.map { .string($0) }))] + range.schema
          + (required ? [] : [("default", $0.map { .double($0) } ?? .null)])
      })
  }
}
