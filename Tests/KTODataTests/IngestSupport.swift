import KTOCore
import KTOTestSupport

@testable import KTOData

/// What reading one text brought.
struct IngestOutcome {
  /// Examples that can be used, labelled or not.
  var examples: [Example] = []
  /// The first error of each record or example that cannot be used.
  var rejections: [Diagnostic] = []
  /// All other findings.
  var findings: [Diagnostic] = []
  var summary = FileSummary(file: "")
  var account = RowAccount()
  /// What is wrong with the set, where checks ran.
  var setFindings: [Diagnostic] = []

  var codes: [String] { (rejections + findings).map(\.code) }
}

/// Reads one text as a file of that name.
func ingest(
  _ bytes: [UInt8], as format: String? = nil, name: String = "data.json",
  _ change: (inout PipelineOptions) -> Void = { _ in }
) throws -> IngestOutcome {
  let folder = try TemporaryFolder()
  let path = try folder.write(bytes, to: name)
  var options = PipelineOptions(format: format)
  change(&options)
  let cursor = RowCursor([path], options)
  var outcome = IngestOutcome()
  // The folder of the file is the test's own affair.
  func named(_ finding: Diagnostic) -> Diagnostic {
    var finding = finding
    if finding.location?.file == path { finding.location?.file = name }
    return finding
  }
  while let event = try cursor.next() {
    switch event {
    case .row(let row):
      if row.state == .rejected, let first = row.rejection(allowing: options.allowedCodes) {
        outcome.rejections.append(named(first))
        outcome.findings += row.findings.filter { $0 != first }.map(named)
        continue
      }
      outcome.findings += row.findings.map(named)
      if var example = row.example {
        if example.source.file == path { example.source.file = name }
        outcome.examples.append(example)
      }
    case .finding(let finding): outcome.findings.append(named(finding))
    case .ended(let summary): outcome.summary = summary
    }
  }
  outcome.summary.file = name
  outcome.setFindings = cursor.finish()
  outcome.account = cursor.account
  return outcome
}

func ingest(
  _ text: String, as format: String? = nil, name: String = "data.json",
  _ change: (inout PipelineOptions) -> Void = { _ in }
) throws -> IngestOutcome {
  try ingest(Array(text.utf8), as: format, name: name, change)
}

/// Reads one text with the formats' schemas applied.
func ingestStrictly(_ text: String, name: String = "data.json") throws -> IngestOutcome {
  try ingest(text, name: name) { $0.isStrict = true }
}

extension Example {
  /// The example as one line of UTF-8 that ends with a newline.
  func jsonLine() -> [UInt8] { EncodedExample(self).object(id: id, weight: weight) + [0x0A] }
}
