package import KTOCore

/// How what a source said becomes desirable or undesirable.
package struct LabelRule: Sendable, Equatable {
  package enum Evidence: String, Sendable, CaseIterable {
    /// An explicit thumb if there is one, else the side of a pair, else the score.
    case auto
    case field, pair, score
  }

  package var source: Evidence = .auto
  /// A score of at least this is desirable, and so is an accepted answer.
  package var desirableAt: Double = 3
  /// A score below this is undesirable.
  package var undesirableBelow: Double = 0
  /// Whether a score between the two is left out; otherwise it is E01.
  package var dropBetween = true

  package init(
    source: Evidence = .auto, desirableAt: Double = 3, undesirableBelow: Double = 0, dropBetween: Bool = true
  ) {
    self.source = source
    self.desirableAt = desirableAt
    self.undesirableBelow = undesirableBelow
    self.dropBetween = dropBetween
  }

  package init(_ configuration: LabelConfiguration) {
    self.init(
      source: Evidence(rawValue: configuration.from.rawValue) ?? .auto,
      desirableAt: configuration.desirableAt, undesirableBelow: configuration.undesirableBelow,
      dropBetween: configuration.dropBetween)
  }

  /// The example with its label, or why it gets none. A label it already has stays.
  package func label(_ example: Example) -> LabelOutcome {
    if example.label != nil { return .labelled(example) }
    let label: Bool
    switch (source, example.signal) {
    case (.auto, .field(let value)), (.field, .field(let value)): label = value
    case (.auto, .pair(let isBetter)), (.pair, .pair(let isBetter)): label = isBetter
    case (.auto, .score(let score, let isAccepted)), (.score, .score(let score, let isAccepted)):
      if score >= desirableAt || isAccepted {
        label = true
      } else if score < undesirableBelow {
        label = false
      } else if dropBetween {
        return .dropped(.betweenScores)
      } else {
        return .rejected(between(score, example))
      }
    default: return .dropped(.unlabelled)
    }
    var labelled = example
    labelled.label = label
    return .labelled(labelled)
  }

  private func between(_ score: Double, _ example: Example) -> Diagnostic {
    Diagnostic(
      .error, code: "E01", at: example.source.location(), pointer: example.source.pointer,
      message: "a score of \(score) is neither at least \(desirableAt) nor below \(undesirableBelow)",
      hint: "move label.desirable_at or label.undesirable_below, or set label.drop_between: true")
  }
}

/// What labelling makes of an example.
package enum LabelOutcome: Sendable, Equatable {
  case labelled(Example)
  case dropped(LabelDrop)
  case rejected(Diagnostic)
}

/// Why an example is left out without being wrong. The raw value is what reports say.
package enum LabelDrop: String, Sendable, CaseIterable {
  case unlabelled = "no label"
  case betweenScores = "score between the limits"
}
