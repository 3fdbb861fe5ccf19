/// A kind of evidence and how it becomes a label.
///
/// To add one, write its file here and its line in `LabelRules.swift`; `data.label.from` reads the list.
package protocol LabelRule: Sendable {
  /// What `data.label.from` takes.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  init(_ configuration: LabelConfiguration)
  /// What the rule makes of a source's signal; nil where the signal is of another kind.
  func judge(_ signal: Signal) -> LabelVerdict?
}

/// What a rule says about an example.
package enum LabelVerdict: Sendable, Equatable {
  case desirable, undesirable
  /// Left out on purpose.
  case dropped(DropReason)
  /// Neither, and the configuration does not allow that (E01).
  case refused(message: String, hint: String)
  /// Two pieces of evidence, by their places in the list, say the opposite of one another (E16).
  case disagreeing(Int, Int)

  var isLabel: Bool { self == .desirable || self == .undesirable }
}

/// Why an example is left out without being wrong. The raw value is what reports say.
package enum DropReason: String, Sendable, CaseIterable {
  case unlabelled = "no label"
  case betweenScores = "score between the limits"
  case tie = "neither side is better"
}
