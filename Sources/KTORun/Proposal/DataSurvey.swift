package import KTOCore
package import KTOData

/// What some raw conversations turn out to be: their counts, and how long they are in a model's tokens.
package struct DataSurvey: Sendable {
  package private(set) var files: [FileSummary] = []
  /// The same numbers as `validate` has for them.
  package private(set) var account = RowAccount()
  /// What was found on whole files, such as one that is passed over.
  package private(set) var fileFindings: [Diagnostic] = []
  /// Tokens of prompt and completion together of each accepted example, in ascending order; empty without a tokenizer.
  package private(set) var lengths: [Int] = []
  /// Tokens of the longest prompt alone.
  package private(set) var longestPrompt = 0

  /// Reads everything once.
  /// - Parameters:
  ///   - pipeline: how records become rows; with a tokenizer, it must not cut what is to be measured.
  ///   - rows: told the number of rows after each.
  /// - Throws: `FileError`, `IngestError`.
  package init(of files: InputFiles, _ pipeline: PipelineOptions, rows: (Int) -> Void = { _ in }) throws {
    let cursor = RowCursor(files, pipeline)
    var count = 0
    while let event = try cursor.next() {
      if case .finding(let finding) = event { fileFindings.append(finding) }
      guard case .row(let row) = event else { continue }
      count += 1
      rows(count)
      guard row.state == .accepted, let tokens = row.tokens?.row else { continue }
      lengths.append(tokens.promptIDs.count + tokens.completionIDs.count)
      longestPrompt = max(longestPrompt, tokens.promptIDs.count)
    }
    _ = cursor.finish()
    lengths.sort()
    self.files = cursor.summaries
    account = cursor.account
  }

  /// The length that so many of 100 examples have at most; nil where none was measured.
  package func length(ofPercent percent: Int) -> Int? {
    lengths.isEmpty ? nil : lengths[max(0, (lengths.count * percent + 99) / 100 - 1)]
  }
}
