package import KTOCore

/// One row on its way: an example of a record, or a record that gives none.
package struct Row: Sendable {
  package enum State: Sendable, Equatable {
    /// A labelled example without errors, or with errors that are allowed.
    case accepted
    /// It cannot be used: the first error among the findings says why.
    case rejected
    /// An example that is left out on purpose.
    case dropped(DropReason)
    /// A record that belongs to its format but holds no example.
    case empty
  }

  package internal(set) var state: State
  /// Nil for a record that could not be converted or holds no example.
  package internal(set) var example: Example?
  package internal(set) var fingerprint: Fingerprint?
  package internal(set) var tokens: TokenizedOutcome?
  /// What is wrong with it, each with its place.
  package internal(set) var findings: [Diagnostic] = []
  /// The example's JSON but for id and weight, where the options ask for it.
  package internal(set) var encoded: EncodedExample?
  /// What it is compared by, where the options ask for it.
  package internal(set) var sketch: RowSketch?
  /// The words that it shares with a benchmark, where the options name one.
  package internal(set) var overlap: BenchmarkOverlap?
  /// The number of the label rule that took the example, from 0; nil without a file of rules, and where none did.
  package internal(set) var labelRule: Int?
  /// What is said about the answer, as messages call it: what decided, or all of it where no rule took the example.
  package internal(set) var evidenceNames: [String] = []
  /// Number of its record within the batch, from 0.
  var record = 0
  /// The text of a rejected record as it stood in the file; empty for what was rejected later.
  var recordText: [UInt8] = []
  /// How the example's id is made, which is known only in the order of the rows.
  var id = IDSource.none

  enum IDSource: Sendable {
    case none
    /// The record's own id.
    case own(String, suffix: String)
    /// A name within the file: the file's name goes before it.
    case inFile(String, suffix: String)
    /// The number of the record in the file: the file's name goes before it.
    case numbered(suffix: String)
  }

  /// The first error that is not allowed.
  package func rejection(allowing allowed: Set<String>) -> Diagnostic? {
    findings.first { $0.severity == .error && !allowed.contains($0.code) }
      ?? findings.first { $0.severity == .error }
  }

  /// What to keep of a row that was rejected: its record's text, or its example's JSON where that is gone.
  package var text: [UInt8] {
    if !recordText.isEmpty { return recordText }
    guard let example else { return [] }
    let encoded = encoded ?? EncodedExample(example)
    return encoded.object(id: example.id, weight: example.weight)
  }
}

/// What reading some files brings, in their order.
package enum RowEvent: Sendable {
  case row(Row)
  /// About a file: the place where it breaks.
  case finding(Diagnostic)
  /// A file was read to its end, or as far as it can be.
  case ended(FileSummary)
}
