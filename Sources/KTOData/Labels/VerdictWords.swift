package import KTOCore

/// The words in which records say their verdicts, and the field that holds them where the configuration names one.
///
/// A class because every record refers to it.
final class VerdictWords: Sendable {
  /// Steps from the record to its verdict; empty where the formats' own fields hold it.
  let field: [String]
  /// Whether numbers are what labels are made from, so that one that cannot be read is an error.
  let wantsScores: Bool
  /// Whether the scores of a pair's sides may contradict the pair; not where the configuration says what counts.
  let comparesSides: Bool
  /// The fields that a file of label rules asks for; nil without one. With one the rules alone say what a verdict means, so
  /// that none is an error.
  let ruleFields: [[String]]?
  private let configured: [String: Bool]

  /// What feedback widgets write; upper and lower case are the same.
  private static let known: [String: Bool] = [
    "thumbs_up": true, "thumbsup": true, "up": true, "positive": true, "1": true, "+1": true,
    "thumbs_down": false, "thumbsdown": false, "down": false, "negative": false, "-1": false,
  ]

  convenience init(_ configuration: LabelConfiguration = LabelConfiguration(), rules: LabelRuleFile?) {
    self.init(configuration, ruleFields: rules?.fields)
  }

  init(_ configuration: LabelConfiguration = LabelConfiguration(), ruleFields: [[String]]? = nil) {
    self.ruleFields = ruleFields
    field = configuration.field == "auto" ? [] : fieldPath(configuration.field)
    wantsScores = configuration.from == ScoreRule.name
    comparesSides = configuration.from == "auto" && ruleFields == nil
    var words: [String: Bool] = [:]
    for word in configuration.desirableWords { words[word.lowercased()] = true }
    for word in configuration.undesirableWords { words[word.lowercased()] = false }
    configured = words
  }

  /// Whether a member of a record or of a message is, or holds, a verdict that the user names.
  func read(_ key: String) -> Bool {
    field.first == key || ruleFields?.contains { $0.first == key } == true
  }

  /// What a word means by the configuration alone.
  func configured(_ word: String) -> Bool? {
    configured.isEmpty ? nil : configured[word.lowercased()]
  }

  /// What a word means by the configuration, or as feedback widgets use it.
  func meaning(_ word: String) -> Bool? {
    let word = word.lowercased()
    return configured[word] ?? Self.known[word]
  }
}

/// The steps to a field: a JSON pointer, or the name of a member; empty for an empty text.
package func fieldPath(_ text: String) -> [String] {
  guard text.hasPrefix("/") else { return text.isEmpty ? [] : [text] }
  return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
    String($0).replacing("~1", with: "/").replacing("~0", with: "~")
  }
}

extension JSONNode {
  /// The value at the end of a path of member names and list positions.
  package func value(at path: [String]) -> JSONNode? {
    var node = self
    for step in path {
      if let member = node[step] {
        node = member
      } else if let items = node.array, let index = Int(step), items.indices.contains(index) {
        node = items[index]
      } else {
        return nil
      }
    }
    return node
  }
}
