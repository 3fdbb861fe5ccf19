package import KTOCore

/// A field whose values the user names: those that mean desirable and those that mean undesirable.
package struct FieldRule: LabelRule {
  package static let name = "field"
  package static let summary = "a field with values of your own: bools, numbers or words for each class"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = ""
    package var desirable: [ConfigurationScalar] = []
    package var undesirable: [ConfigurationScalar] = []

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [
        field(\.field, "", required: true),
        .scalars("desirable", \.desirable, "Values that mean desirable: true, 1, resolved."),
        .scalars("undesirable", \.undesirable, "Values that mean undesirable."),
      ]
    }

    package var conflicts: [(key: String, message: String)] {
      if desirable.isEmpty, undesirable.isEmpty {
        return [("field", "no value means anything: name some under desirable or undesirable")]
      }
      return common.conflict(desirable, undesirable)
    }
  }

  package let field: [String]
  private let meanings: [ConfigurationScalar: Bool]

  package init(_ keys: Keys) {
    field = fieldPath(keys.field)
    meanings = meaningTable(keys.desirable, keys.undesirable)
  }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    value(signal).flatMap { ConfigurationScalar($0) }.flatMap { meanings[$0] }.map { LabelVerdict($0) }
  }
}

/// What values mean, by the lists of a rule.
func meaningTable(_ desirable: [ConfigurationScalar], _ undesirable: [ConfigurationScalar])
  -> [ConfigurationScalar: Bool]
{
  var table: [ConfigurationScalar: Bool] = [:]
  for value in desirable { table[value] = true }
  for value in undesirable { table[value] = false }
  return table
}

extension CommonRuleKeys {
  /// That a value is in both lists.
  func conflict(_ desirable: [ConfigurationScalar], _ undesirable: [ConfigurationScalar])
    -> [(key: String, message: String)]
  {
    let both = Set(desirable)
    guard let value = undesirable.first(where: { both.contains($0) }) else { return [] }
    return [("undesirable", "\(excerpt(value.json.jsonText)) is among the desirable values, too")]
  }
}
