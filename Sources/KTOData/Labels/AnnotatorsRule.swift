package import KTOCore

/// Several verdicts on one answer, and how far they must agree to make a label.
package struct AnnotatorsRule: LabelRule {
  package static let name = "annotators"
  package static let summary =
    "several verdicts on one answer: a majority, a share that agrees, or all of them"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = "auto"
    package var verdict: String?
    package var agreement = Agreement.majority
    package var minimum: Double?
    package var atLeast = 2
    package var desirable: [ConfigurationScalar] = []
    package var undesirable: [ConfigurationScalar] = []
    package var desirableFrom: Double?
    package var undesirableTo: Double?

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [
        field(\.field, "all verdicts that formats read, such as the responses of Argilla's annotators"),
        .optionalString(
          "verdict", \.verdict,
          "Where the verdict is in each item of the field's list, by a name or a JSON pointer; null where an item is the verdict itself."
        ),
        .choice(
          "agreement", \.agreement,
          "How many must agree: the majority, at least the share that minimum names, or all (unanimous). Other answers are left out, and so are ties."
        ),
        .optionalDouble(
          "minimum", \.minimum, .above(0.5, through: 1),
          "The share of the verdicts that must agree, for agreement: minimum."),
        .int("at_least", \.atLeast, in: 1...1000, "How many verdicts there must be to count at all."),
        .scalars(
          "desirable", \.desirable,
          "Verdicts that mean desirable: true, 1, good. Where neither list has any, thumbs count: true, 1, thumbs_up, 👍."
        ),
        .scalars("undesirable", \.undesirable, "Verdicts that mean undesirable."),
        .optionalDouble(
          "desirable_from", \.desirableFrom, .within(-1e9...1e9), "A number of at least this is desirable."),
        .optionalDouble(
          "undesirable_to", \.undesirableTo, .within(-1e9...1e9), "A number of at most this is undesirable."),
      ]
    }

    package var conflicts: [(key: String, message: String)] {
      var conflicts = common.conflict(desirable, undesirable)
      if (agreement == .minimum) != (minimum != nil) {
        conflicts.append(
          agreement == .minimum
            ? ("agreement", "it needs the share in minimum, such as 0.75")
            : ("minimum", "it counts with agreement: minimum alone"))
      }
      if (desirableFrom == nil) != (undesirableTo == nil) {
        conflicts.append(
          (desirableFrom == nil ? "undesirable_to" : "desirable_from", "the other limit is missing"))
      }
      if let desirableFrom, let undesirableTo, undesirableTo >= desirableFrom {
        conflicts.append(("undesirable_to", "\(undesirableTo) is not below desirable_from, \(desirableFrom)"))
      }
      if field == "auto", verdict != nil { conflicts.append(("verdict", "it needs the field of the list")) }
      return conflicts
    }
  }

  package enum Agreement: String, Sendable, CaseIterable {
    case majority, minimum, unanimous
  }

  package let field: [String]
  private let keys: Keys
  private let verdict: [String]
  private let meanings: [ConfigurationScalar: Bool]

  package init(_ keys: Keys) {
    self.keys = keys
    field = ruleField(keys.field)
    verdict = keys.verdict.map { fieldPath($0) } ?? []
    meanings = meaningTable(keys.desirable, keys.undesirable)
  }

  /// One verdict alone is no agreement.
  package func judge(_ signal: Signal) -> LabelVerdict? { nil }

  package func judge(_ signals: [Signal]) -> LabelJudgement? {
    var votes: [Vote] = []
    var place: Int?
    for (index, signal) in signals.enumerated() {
      guard let found = verdicts(in: signal) else { continue }
      votes += found
      place = place ?? index
    }
    let counted = votes.compactMap(\.isUp)
    let unknown = votes.lazy.compactMap(\.unknown)
    // Formats read much that is no annotator's: what they cannot tell matters where the others would make a label.
    let heard = field.isEmpty ? counted.count : counted.count + unknown.count
    guard let place, heard >= keys.atLeast else { return nil }
    if let value = unknown.first {
      return LabelJudgement(verdict: Self.notUnderstood(value), signal: place)
    }
    return LabelJudgement(verdict: agreed(counted), signal: place)
  }

  private func agreed(_ votes: [Bool]) -> LabelVerdict {
    let up = votes.count { $0 }
    let most = max(up, votes.count - up)
    let isEnough =
      switch keys.agreement {
      case .majority: most * 2 > votes.count
      case .minimum: Double(most) >= (keys.minimum ?? 1) * Double(votes.count)
      case .unanimous: most == votes.count
      }
    return isEnough ? LabelVerdict(up == most) : .dropped(.annotatorsDisagree)
  }

  private static func notUnderstood(_ value: JSONValue) -> LabelVerdict {
    .refused(
      message: "the verdict \(excerpt(value.jsonText)) is neither a thumb up nor down",
      hint: "say what verdicts mean, in the lists desirable and undesirable of the rule, or for numbers in "
        + "desirable_from and undesirable_to")
  }

  /// - Returns: nil where the signal holds no verdicts.
  private func verdicts(in signal: Signal) -> [Vote]? {
    if field.isEmpty {
      switch signal {
      case .field(let isDesirable): return [meaning(.bool(isDesirable))]
      case .word(let word): return [meaning(.string(word))]
      case .score(let score, _): return [meaning(.double(score))]
      case .value(let value, at: []): return [meaning(value)]
      default: return nil
      }
    }
    guard case .array(let items)? = value(signal) else { return nil }
    return items.map { item in
      (verdict.isEmpty ? item : item.value(at: verdict)).map { meaning($0.value) } ?? .silent
    }
  }

  private func meaning(_ value: JSONValue) -> Vote {
    if value == .null || value == .string("") { return .silent }
    if let scalar = ConfigurationScalar(value), let meaning = meanings[scalar] { return Vote(meaning) }
    if let from = keys.desirableFrom, let to = keys.undesirableTo {
      guard let number = JSONNode(value).double else { return .silent }
      return number >= from ? .up : number <= to ? .down : .silent
    }
    guard meanings.isEmpty else { return .silent }
    guard let thumb = try? Thumb(value) else { return .unknown(value) }
    return thumb.isUp.map { Vote($0) } ?? .silent
  }
}

/// What one annotator says.
private enum Vote {
  case up, down
  /// Nothing: no verdict was given, or one that the rule gives no meaning.
  case silent
  /// What a rule without lists and limits does not understand.
  case unknown(JSONValue)

  init(_ isUp: Bool) { self = isUp ? .up : .down }

  var isUp: Bool? {
    switch self {
    case .up: true
    case .down: false
    default: nil
    }
  }

  var unknown: JSONValue? { if case .unknown(let value) = self { value } else { nil } }
}
