internal import KTOCore

/// Why a file cannot be read at all. What is wrong with single records is a diagnostic instead.
package enum IngestError: Error, Equatable, Sendable {
  /// No format's signature fits.
  case unknownFormat(file: String, evidence: FormatEvidence)
  /// Several formats fit about equally well.
  case ambiguousFormat(file: String, candidates: [String], evidence: FormatEvidence)
  /// No input was named, or the folders that were hold no files.
  case noInputs
}

extension IngestError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownFormat(let file, let evidence):
      "\(file) has none of the known formats (\(evidence)); known are "
        + recordFormatNames.joined(separator: ", ")
    case .ambiguousFormat(let file, let candidates, let evidence):
      "\(file) could be " + candidates.joined(separator: " or ") + " (\(evidence))"
    case .noInputs: "there are no input files"
    }
  }
}
