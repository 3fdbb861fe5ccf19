package import KTOCore

/// The rows of some files, pulled one by one: read, converted, labelled, tokenized and checked on all cores, handed out
/// in the order of the input.
///
/// Every command that reads raw conversations or examples pulls from it and prints its account. Memory does not grow
/// with the input, apart from 40 to 80 bytes a row that ids and checks keep. A class because it owns the threads and
/// the files; one user at a time.
package final class RowCursor {
  /// What became of every record and example so far.
  package private(set) var account = RowAccount()
  /// What was in each file that has ended, in their order.
  package private(set) var summaries: [FileSummary] = []
  /// The number in `summaries` that the file of the last event has, or will have when it has ended.
  package private(set) var fileNumber = 0
  private let options: PipelineOptions
  private let parts: OrderedMap<InputPart, WorkedPart>
  private var checks: CheckRun?
  private var ids = IDRegistry()
  private var summary: FileSummary?
  /// Events that are due before the next part is asked for, the last first.
  private var due: [RowEvent] = []

  /// - Parameter files: paths; `-` is standard input. See `inputFiles` for folders.
  package convenience init(_ files: [String], _ options: PipelineOptions = PipelineOptions()) {
    self.init(InputFiles(files), options)
  }

  /// What was found about the inputs comes before the first row.
  package init(_ inputs: InputFiles, _ options: PipelineOptions = PipelineOptions()) {
    self.options = options
    checks = options.checks.map { CheckRun($0) }
    due = inputs.findings.reversed().map { .finding($0) }
    for finding in inputs.findings { account.add(finding) }
    var reader = InputReader(
      files: inputs.files, format: options.mapping.map { MappedShape($0).format.name } ?? options.format,
      scratchFolder: options.scratchFolder, duckDB: options.duckDB)
    let counter = options.readCounter
    parts = OrderedMap(
      jobs: options.jobs,
      read: {
        let part = try reader.next()
        counter?.update(reader.rawByteCount)
        return part
      },
      worker: {
        let worker = RecordWorker(options)
        return { try worker.work(on: $0) }
      })
  }

  /// The next event; nil at the end of the last file.
  /// - Throws: `FileError`, `IngestError`. Bad records are rows.
  package func next() throws -> RowEvent? {
    while true {
      if let event = due.popLast() { return event }
      guard let part = try parts.next() else { return nil }
      take(part)
    }
  }

  /// What is wrong with all rows together. Call once, when there are no more.
  package func finish() -> [Diagnostic] {
    let findings = (checks?.finish() ?? []).map { finding in
      finding.message == OneClassCheck.nothingLabelled ? nothingLabelled : finding
    }
    for finding in findings { account.add(finding) }
    return findings
  }

  /// What checks counted, in lines for the report. Known after `finish()`.
  package var notes: [String] { checks?.notes ?? [] }

  /// Why a check could not be made as it was asked for. Known after `finish()`.
  package var failure: SplitError? { checks?.failure }

  /// The finding that no example has a label (E09), with the fields that may hold one.
  package var nothingLabelled: Diagnostic {
    let fields = summaries.flatMap { Array($0.metadataFields.keys) + Array($0.ignoredFields.keys) }
    let refused = account.rejected.total
    let broken = account.rejectedRecords
    return Diagnostic(
      OneClassCheck.codes[0], message: OneClassCheck.nothingLabelled,
      hint: refused > 0
        ? "\(counted(refused, "example")) cannot be used: see the errors"
        : broken > 0
          ? "\(counted(broken, "record")) cannot be read: see the errors"
          : options.labelRules != nil
            ? "none of the label rules takes an example"
            : account.errorCount > 0 && account.records == 0
              ? "nothing could be read: see the errors"
              : OneClassCheck.hint(unusedFields: Set(fields).sorted()))
  }

  // MARK: - In order

  private func take(_ part: WorkedPart) {
    defer { if part.refusal != nil || part.end != nil { fileNumber += 1 } }
    if let refusal = part.refusal {
      account.add(refusal)
      due = [.finding(refusal)]
      return
    }
    let format = part.context.format.map { options.mapping == nil ? $0.name : RecordMapping.name }
    var summary = self.summary ?? FileSummary(file: part.context.name, format: format)
    var events: [RowEvent] = []
    for row in part.rows {
      let row = settled(row, number: summary.records + row.record, part.context)
      account.add(row)
      summary.add(row)
      events.append(.row(row))
    }
    summary.records += part.recordCount
    account.addRecords(part.recordCount)
    for (field, count) in part.ignoredFields { summary.ignoredFields[field, default: 0] += count }
    for (field, count) in part.metadataFields { summary.metadataFields[field, default: 0] += count }
    if let breakage = part.breakage {
      summary.isComplete = false
      events.append(.finding(finding(breakage, after: summary)))
    }
    if let end = part.end {
      if summary.records == 0, summary.isComplete {
        summary.isComplete = false
        events.append(
          .finding(
            Diagnostic(
              part.context.isNamed ? .notParseable : .unreadable,
              at: TextPosition().location(in: summary.file),
              message: end.byteCount == 0
                ? "the file is empty: it holds no records" : "the file holds no records")))
      }
      (summary.byteCount, summary.sha256) = end
      summaries.append(summary)
      events.append(.ended(summary))
      self.summary = nil
    } else {
      self.summary = summary
    }
    for case .finding(let finding) in events { account.add(finding) }
    due = events.reversed()
  }

  /// Gives an example its id, lets the checks of the set see it, and decides whether it is accepted.
  private func settled(_ row: Row, number: Int, _ context: FileContext) -> Row {
    guard var example = row.example else { return row }
    var row = row
    example.id = ids.unique(wantedID(row.id, number: number, context))
    row.example = example
    row.tokens?.row?.id = example.id
    guard row.state == .accepted else { return row }
    if let label = example.label, let fingerprint = row.fingerprint, checks != nil {
      var findings = RowFindings(source: example.source, diagnostics: row.findings)
      checks?.add(CheckedRow(example, label: label, fingerprint: fingerprint, tokens: row.tokens), &findings)
      row.findings = findings.diagnostics
    }
    let isRefused = row.findings.contains { $0.severity == .error && !options.allowedCodes.contains($0.code) }
    let lacksTokens = options.tokenizer != nil && row.tokens?.row == nil
    if isRefused || lacksTokens { row.state = .rejected }
    return row
  }

  private func wantedID(_ source: Row.IDSource, number: Int, _ context: FileContext) -> String {
    switch source {
    case .own(let id, let suffix): id + suffix
    case .inFile(let name, let suffix): "\(context.stem)-\(name)\(suffix)"
    case .numbered(let suffix): "\(context.stem)-\(number)\(suffix)"
    case .none: context.stem
    }
  }

  private func finding(_ breakage: Breakage, after summary: FileSummary) -> Diagnostic {
    var message = breakage.message
    if breakage.position.byteOffset > 0 { message += " (byte \(breakage.position.byteOffset))" }
    if let start = breakage.recordStart {
      message += ", in the record that begins at line \(start.line), byte \(start.byteOffset)"
    }
    message += "; \(counted(summary.records, "whole record")) before it"
    return Diagnostic(
      .notParseable, at: breakage.position.location(in: summary.file), message: message, hint: breakage.hint)
  }
}

extension FileSummary {
  fileprivate mutating func add(_ row: Row) {
    switch row.state {
    case .empty: empty += 1
    case .rejected where row.example == nil: rejected += 1
    case .rejected:
      examples += 1
      rejected += 1
    case .accepted, .dropped: examples += 1
    }
  }
}
