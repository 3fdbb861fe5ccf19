package import KTOCore

/// What reading a raw file brings, in the order of the file.
package enum IngestEvent: Sendable {
  /// An answer with what the source said about it; not yet labelled.
  case example(Example)
  /// A record, or one side of a pair, that cannot be used; `record` is its text as it stood in the file.
  case rejected(Diagnostic, record: [UInt8])
  /// Anything else worth saying: a further error of a rejected record, a warning, the place a file breaks.
  case finding(Diagnostic)
}

/// What was in a file.
package struct IngestSummary: Sendable, Equatable {
  package var file: String
  /// Nil where the file broke before a format could be told.
  package var format: RawFormat?
  /// Whole records cut from the file, usable or not.
  package var records = 0
  /// Examples delivered; a pair makes two.
  package var examples = 0
  /// Records, or sides of pairs, that were rejected.
  package var rejected = 0
  /// Records that belong to the format but hold no example, such as the questions of a `Posts.xml`.
  package var skipped = 0
  /// False where the file breaks off or is malformed.
  package var isComplete = true

  package init(file: String, format: RawFormat? = nil) {
    self.file = file
    self.format = format
  }
}

/// Why a file cannot be read at all. What is wrong with single records is a diagnostic instead.
package enum IngestError: Error, Equatable, Sendable {
  /// No format's signature fits.
  case unknownFormat(file: String, evidence: FormatEvidence)
  /// Several formats fit about equally well.
  case ambiguousFormat(file: String, candidates: [RawFormat], evidence: FormatEvidence)
}

extension IngestError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownFormat(let file, let evidence):
      "\(file) has none of the known formats (\(evidence)); name one with --format "
        + RawFormat.allCases.map(\.rawValue).joined(separator: "|")
    case .ambiguousFormat(let file, let candidates, let evidence):
      "\(file) could be " + candidates.map(\.rawValue).joined(separator: " or ")
        + " (\(evidence)); choose with --format"
    }
  }
}
