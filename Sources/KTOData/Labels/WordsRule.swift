package import KTOCore

/// Words and emoji, by a table that the user extends.
package struct WordsRule: LabelRule {
  package static let name = "words"
  package static let summary = "words and emoji such as good, helpful, 👍, bad, wrong, 👎, and those you add"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = "auto"
    package var desirable: [String] = []
    package var undesirable: [String] = []
    package var standard = true

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [
        field(\.field, "the words in the formats' own fields of a verdict"),
        .strings(
          "desirable", \.desirable,
          "Words that mean desirable, beside those of the table; upper and lower case are the same."),
        .strings("undesirable", \.undesirable, "Words that mean undesirable."),
        .bool("standard", \.standard, "Whether the table of usual words counts beside yours."),
      ]
    }

    package var conflicts: [(key: String, message: String)] {
      if !standard, desirable.isEmpty, undesirable.isEmpty {
        return [("standard", "without the table no word means anything: name some")]
      }
      return common.conflict(
        desirable.map { .word(WordTable.plain($0)) }, undesirable.map { .word(WordTable.plain($0)) })
    }
  }

  package let field: [String]
  private let table: WordTable

  package init(_ keys: Keys) {
    field = ruleField(keys.field)
    table = WordTable(
      keys.standard ? WordTable.usual : WordTable(), desirable: keys.desirable, undesirable: keys.undesirable)
  }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    if field.isEmpty, case .word(let word) = signal { return table[word].map { LabelVerdict($0) } }
    guard let value = value(signal) ?? formatsList(signal) else { return nil }
    let meanings = Set(words(of: value).compactMap { table[$0] })
    return meanings.count > 1 ? .dropped(.tie) : meanings.first.map { LabelVerdict($0) }
  }

  /// A list of words in a field that formats read.
  private func formatsList(_ signal: Signal) -> JSONValue? {
    guard field.isEmpty, case .value(let value, at: []) = signal, case .array = value else { return nil }
    return value
  }

  /// A word, a number as it is written, or a list of them.
  private func words(of value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .integer(let number): [String(number)]
    case .array(let items): items.compactMap { $0.string ?? $0.int.map { String($0) } }
    default: []
    }
  }
}
