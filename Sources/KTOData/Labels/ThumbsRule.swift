package import KTOCore

/// A thumb: a bool label, `kto_tag`, thumbs_up or thumbs_down; in a field of its own also reactions with their counts.
package struct ThumbsRule: LabelRule {
  package static let name = "thumbs"
  package static let summary = "an explicit thumb of the record"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = "auto"

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [field(\.field, "the formats' own thumbs: label, kto_tag, feedback and the like")]
    }
  }

  package let field: [String]

  package init(_ keys: Keys) { field = ruleField(keys.field) }

  package static func standard(_ configuration: LabelConfiguration) -> ThumbsRule? { ThumbsRule(Keys()) }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    guard field.isEmpty else {
      guard let value = value(signal) else { return nil }
      do throws(Thumb.Fault) {
        return try Thumb(value).map { $0.isUp.map { LabelVerdict($0) } ?? .dropped(.tie) }
      } catch {
        return error.verdict
      }
    }
    switch signal {
    case .field(let isDesirable): return LabelVerdict(isDesirable)
    case .word(let word): return WordTable.thumbs[word].map { LabelVerdict($0) }
    default: return nil
    }
  }
}
