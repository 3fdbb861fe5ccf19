internal import KTOCore

/// A kind of evidence and how it becomes a label.
///
/// To add one, write its file here and its line in `LabelRules.swift`; files of label rules, `data.label.from`, help and
/// documentation read the list.
package protocol LabelRule: Sendable {
  /// The keys of the rule in a file of label rules.
  associatedtype Keys: LabelRuleKeys
  /// What `kind:` in such a file takes, and `data.label.from` where `standard` gives a rule.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  init(_ keys: Keys)
  /// The rule as the other keys of `data.label` describe it; nil where it works in a file of rules alone.
  static func standard(_ configuration: LabelConfiguration) -> Self?
  /// The field that the rule itself asks a record for, and each of its messages; empty where the verdicts that formats
  /// read are enough.
  var field: [String] { get }
  /// What the rule makes of one piece of evidence; nil where it is of another kind.
  func judge(_ signal: Signal) -> LabelVerdict?
  /// What the rule makes of all evidence together; nil where none is of its kind.
  func judge(_ signals: [Signal]) -> LabelJudgement?
}

extension LabelRule {
  package static func standard(_ configuration: LabelConfiguration) -> Self? { nil }
  package var field: [String] { [] }

  /// The first label that any evidence gives. Evidence that gives the opposite is a contradiction.
  package func judge(_ signals: [Signal]) -> LabelJudgement? {
    var first: LabelJudgement?
    for (index, signal) in signals.enumerated() {
      guard let verdict = judge(signal) else { continue }
      if verdict.isFault { return LabelJudgement(verdict: verdict, signal: index) }
      guard let decided = first, decided.verdict.isLabel else {
        if first == nil || verdict.isLabel { first = LabelJudgement(verdict: verdict, signal: index) }
        continue
      }
      if verdict.isLabel, verdict != decided.verdict {
        return LabelJudgement(verdict: .disagreeing(decided.signal, index), signal: index)
      }
    }
    return first
  }

  /// The value of the rule's own field.
  func value(_ signal: Signal) -> JSONValue? {
    guard !field.isEmpty, case .value(let value, let place) = signal, place == field else { return nil }
    return value
  }
}

/// What a rule says about an example, and the place in the list of the evidence that decided.
package struct LabelJudgement: Sendable, Equatable {
  package var verdict: LabelVerdict
  package var signal: Int
}

/// What a rule says about an example.
package enum LabelVerdict: Sendable, Equatable {
  case desirable, undesirable
  /// Left out on purpose.
  case dropped(DropReason)
  /// Neither, and the configuration or the rule does not allow that (E01).
  case refused(message: String, hint: String)
  /// Two pieces of evidence, by their places in the list, say the opposite of one another (E16).
  case disagreeing(Int, Int)
  /// One piece of evidence says the opposite of itself (E16).
  case contradictory(message: String)

  var isLabel: Bool { self == .desirable || self == .undesirable }

  /// Whether the evidence itself is wrong, so that no other makes up for it.
  var isFault: Bool {
    switch self {
    case .refused, .contradictory: true
    default: false
    }
  }

  init(_ isDesirable: Bool) { self = isDesirable ? .desirable : .undesirable }
}

/// Why an example is left out without being wrong. The raw value is what reports say.
package enum DropReason: String, Sendable, CaseIterable {
  case unlabelled = "no label"
  case noRule = "no rule takes it"
  case betweenScores = "score between the limits"
  case betweenRanks = "rank between the limits"
  case tie = "neither side is better"
  case annotatorsDisagree = "annotators do not agree"

  /// Whether nothing was there to make a label from.
  package var isWithoutVerdict: Bool { self == .unlabelled || self == .noRule }
}
