internal import KTOCore
internal import KTOData

extension RowCursor {
  /// Hands on every row to the last one. Findings are shown as they come, and the line of progress moves.
  /// - Parameter name: what progress calls the work.
  /// - Throws: as `next()`, and what `take` throws.
  func readAll(
    as name: String, _ progress: ReadingProgress, showing findings: inout FindingList,
    _ take: (Row) throws -> Void
  ) throws {
    var count = 0
    while let event = try next() {
      switch event {
      case .row(let row):
        for finding in row.findings { findings.show(finding, after: progress.end) }
        try take(row)
        count += 1
        progress.show(name, rows: count)
      case .finding(let finding): findings.show(finding, after: progress.end)
      case .ended: break
      }
    }
    progress.end()
  }
}
