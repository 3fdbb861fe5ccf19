package import KTOCore

/// The keys of one kind of rule in a file of label rules: its own, behind those that every rule has.
package protocol LabelRuleKeys: ConfigurationSection {
  var common: CommonRuleKeys { get set }
  static var ownFields: [ConfigurationField<Self>] { get }
}

/// What every rule of a file may say, whatever its kind is.
package struct CommonRuleKeys: Sendable, Equatable {
  package var kind = ""
  /// What reports call the rule.
  package var name: String?
  /// What examples that the rule labels weigh in training; nil leaves what their record says.
  package var weight: Double?

  package init() {}
}

extension LabelRuleKeys {
  package static var fields: [ConfigurationField<Self>] {
    [
      .member("kind", \.common.kind, of: labelRules.map { $0.name }, "What the rule looks at."),
      .optionalString("name", \.common.name, "What reports call the rule."),
      .optionalDouble(
        "weight", \.common.weight, .within(0...1e6),
        "What the examples that the rule labels weigh in training; null leaves what their record says."),
    ] + ownFields
  }

  /// The line for a field that a rule reads, where it may also take what formats read.
  static func field(
    _ path: WritableKeyPath<Self, String>, _ own: String, required: Bool = false
  ) -> ConfigurationField<Self> {
    .string(
      "field", path, required: required,
      "The field of a record, or of a message, by its name or as a JSON pointer such as /meta/vote"
        + (required ? "." : "; auto takes \(own)."))
  }
}

/// The keys of a rule that has none of its own.
package struct NoRuleKeys: LabelRuleKeys {
  package var common = CommonRuleKeys()

  package init() {}

  package static var ownFields: [ConfigurationField<Self>] { [] }
}

/// The steps to a rule's own field; empty for `auto`.
func ruleField(_ text: String) -> [String] { text == "auto" ? [] : fieldPath(text) }
