internal import KTOCore

/// Turns examples into MDS shards and their manifest: validate, tokenize, split, balance, order, write.
///
/// One pass over the source; accepted rows wait in a nameless scratch file, with about 60 bytes a row in memory.
/// Where errors are found that neither `allowedCodes` nor a quarantine covers, every finding is told, nothing is
/// written and the report says what was blocking. The same input, configuration and seed make the same bytes.
/// - Parameters:
///   - inputs: the files the source reads, for the manifest's parents.
///   - output: a folder; see `PrepareConfiguration.force`.
/// - Returns: what became of every row.
/// - Throws: `PrepareError`, `SplitError`, `ShardError`, `FileError` and what the source throws; then no
///   manifest is left.
package func prepare(
  _ configuration: PrepareConfiguration, inputs: [String], source: inout some ExampleSource,
  checker: inout some ExampleChecker, output: String, tokenizer: any ConversationTokenizer,
  events: (PrepareEvent) -> Void
) throws -> PrepareReport {
  guard tokenizer.templateHash != nil else { throw PrepareError.noChatTemplate }
  guard configuration.maxLength >= 2 else { throw PrepareError.badMaxLength(configuration.maxLength) }
  let folder = try OutputFolder(path: output, force: configuration.force)
  do {
    var run = try PrepareRun(configuration, folder: folder, tokenizer: tokenizer)
    try run.takeRows(from: &source, &checker, events)
    guard run.report.blocking.isEmpty else { return try run.refuse() }
    events(.stage(.split))
    let plan = try run.plan(events)
    events(.stage(.write))
    try run.write(plan, inputs: inputs, tokenizer: tokenizer, events)
    return run.report
  } catch {
    folder.removeIfEmpty()
    throw error
  }
}

/// The state of one run.
private struct PrepareRun: ~Copyable {
  var report = PrepareReport()
  private let configuration: PrepareConfiguration
  private let folder: OutputFolder
  private let tokenizer: RowTokenizer
  private var rows: PreparedRows
  private var quarantine: Quarantine?
  private var excluded: Set<UInt32> = []

  init(
    _ configuration: PrepareConfiguration, folder: OutputFolder, tokenizer: any ConversationTokenizer
  ) throws {
    // Made before anything is stored, so that a failure leaves no half-made value.
    let rows = try PreparedRows(directory: folder.path)
    let quarantine = try Self.quarantine(configuration)
    self.configuration = configuration
    self.folder = folder
    self.tokenizer = RowTokenizer(tokenizer: tokenizer, maxLength: configuration.maxLength)
    self.rows = rows
    self.quarantine = quarantine
  }

  private static func quarantine(_ configuration: PrepareConfiguration) throws -> Quarantine? {
    guard let directory = configuration.quarantine else { return nil }
    return try Quarantine(directory: directory, force: configuration.force)
  }

  // MARK: - Reading

  mutating func takeRows(
    from source: inout some ExampleSource, _ checker: inout some ExampleChecker,
    _ events: (PrepareEvent) -> Void
  ) throws {
    events(.stage(.read))
    if !tokenizer.endsTurnsWithEOS {
      tell(
        Diagnostic(
          .warning, code: "E06", message: "the chat template does not end the assistant's turn with EOS",
          hint: "a model trained on this does not learn where to stop"), events)
    }
    var isAfterRejection = false
    try source.read { item in
      switch item {
      case .example(let example):
        report.read += 1
        try take(example, &checker, events)
      case .rejected(let diagnostic, let record):
        report.read += 1
        report.rejectedUnlabelled += 1
        tell(diagnostic, events)
        try settle([diagnostic], record: record)
        isAfterRejection = true
      case .dropped(let reason):
        report.read += 1
        report.droppedByLabelRule[reason, default: 0] += 1
      case .finding(let diagnostic):
        tell(diagnostic, events)
        guard diagnostic.severity == .error else { break }
        // A further error of a record that is in quarantine already; a file that breaks (E00) is news.
        if quarantine != nil, isAfterRejection, diagnostic.code != "E00" { break }
        try settle([diagnostic], record: [])
      }
      if case .example = item { isAfterRejection = false }
      if report.read.isMultiple(of: 1000) { events(.rows(.read, report.read)) }
    }
    try takeSetFindings(checker.finish(), events)
    events(.rows(.read, report.read))
  }

  private mutating func take(
    _ example: Example, _ checker: inout some ExampleChecker, _ events: (PrepareEvent) -> Void
  ) throws {
    let findings = checker.check(example)
    for finding in findings { tell(finding, events) }
    let errors = findings.filter { $0.severity == .error }
    if !errors.allSatisfy({ configuration.allowedCodes.contains($0.code) }) {
      report.rejectedByValidation.add(example.label)
      return try settle(errors, record: example.jsonLine().dropLast())
    }
    let outcome = tokenizer.tokenize(example)
    for finding in outcome.findings { tell(finding, events) }
    let isAllowed = outcome.findings.allSatisfy { configuration.allowedCodes.contains($0.code) }
    guard let row = outcome.row, isAllowed else {
      report.rejectedByTokenization.add(example.label)
      return try settle(outcome.findings, record: example.jsonLine().dropLast())
    }
    try rows.append(row, of: example, isTruncated: outcome.isTruncated)
  }

  /// Errors over the whole set: those with a place take the rows of that place out, like any bad row.
  private mutating func takeSetFindings(_ findings: [Diagnostic], _ events: (PrepareEvent) -> Void) throws {
    for finding in findings {
      tell(finding, events)
      guard finding.severity == .error, !configuration.allowedCodes.contains(finding.code) else { continue }
      guard quarantine != nil, let location = finding.location else {
        report.blocking[finding.code, default: 0] += 1
        continue
      }
      for row in rows.rows(at: [location]) where excluded.insert(UInt32(row)).inserted {
        report.rejectedByValidation.add(rows.records.labels[row])
        try settle([finding], record: rows.read(row).json)
      }
    }
  }

  /// Puts a bad record aside, or notes that it stops the run.
  private mutating func settle(_ errors: [Diagnostic], record: some Sequence<UInt8>) throws {
    let unsettled = errors.filter { !configuration.allowedCodes.contains($0.code) }
    if quarantine != nil, let reason = unsettled.first ?? errors.first {
      try quarantine?.add(reason, record: Array(record))
      report.quarantined += 1
      return
    }
    for error in unsettled { report.blocking[error.code, default: 0] += 1 }
  }

  private mutating func tell(_ diagnostic: Diagnostic, _ events: (PrepareEvent) -> Void) {
    report.findings[diagnostic.code, default: 0] += 1
    events(.finding(diagnostic))
  }

  /// Ends a run that errors stopped: what was put aside stays, and what was there before.
  mutating func refuse() throws -> PrepareReport {
    try quarantine?.commit()
    folder.removeIfEmpty()
    return report
  }

  // MARK: - Splitting

  mutating func plan(_ events: (PrepareEvent) -> Void) throws -> SplitPlan {
    var records = rows.records
    if !excluded.isEmpty { records.remove(excluded) }
    var options = configuration.split
    let hasBoth = records.labels.contains(true) && records.labels.contains(false)
    // One label alone was allowed, so a balance is not what the user wants most.
    if !hasBoth, configuration.allowedCodes.contains("E09") { options.balance = nil }
    let plan = try SplitPlan(records, options)
    for finding in plan.report.findings { tell(finding, events) }
    report.split = plan.report
    for part in plan.report.parts {
      report.droppedByBalance.desirable += part.droppedDesirable
      report.droppedByBalance.undesirable += part.droppedUndesirable
    }
    return plan
  }

  // MARK: - Writing

  mutating func write(
    _ plan: SplitPlan, inputs: [String], tokenizer: any ConversationTokenizer,
    _ events: (PrepareEvent) -> Void
  ) throws {
    var splits: [Manifest.Split] = []
    folder.removeOldOutput()
    do {
      // Row numbers of the plan are those of the rows that were not taken out.
      let kept = (0..<rows.count).filter { !excluded.contains(UInt32($0)) }
      for (number, part) in plan.report.parts.enumerated() where part.rows > 0 {
        splits.append(try write(part, number, of: plan, kept, events))
      }
      guard report.accounted == report.read else {
        throw PrepareError.lostRows(read: report.read, accounted: report.accounted)
      }
      let manifest = Manifest(
        tool: configuration.tool,
        model: Manifest.Model(
          name: configuration.modelName, revision: configuration.modelRevision,
          commit: configuration.modelCommit, tokenizerHash: tokenizer.tokenizerHash,
          templateHash: tokenizer.templateHash),
        maxLength: configuration.maxLength, seed: configuration.split.seed,
        groupBy: configuration.split.groupBy.rawValue, configuration: configuration.effective,
        parents: try inputs.map { path in
          Manifest.Parent(
            path: path, sha256: try SHA256.hash(fileAt: path),
            byteCount: try RandomAccessFile(path: path).byteCount)
        }, splits: splits)
      try quarantine?.commit()
      try manifest.write(to: folder.path, force: configuration.force)
      report.root = manifest.root
    } catch {
      folder.removeOldOutput()
      throw error
    }
  }

  private mutating func write(
    _ part: SplitReport.Part, _ number: Int, of plan: SplitPlan, _ kept: [Int],
    _ events: (PrepareEvent) -> Void
  ) throws -> Manifest.Split {
    let members = kept.indices.filter { plan.split(ofRow: $0) == number }
    let labels = members.map { rows.records.labels[kept[$0]] }
    let order: EpochOrder =
      switch configuration.order {
      case .input: EpochOrder(sequential: members.count)
      case .shuffled: EpochOrder(interleaved: labels, seed: configuration.split.seed &+ UInt64(number))
      }
    let directory = folder.path + "/" + part.name
    var writer = try ShardWriter(
      directory: directory, sizeLimit: configuration.shardSizeLimit, hasWeights: plan.hasWeights,
      force: configuration.force)
    var counts = Manifest.Counts()
    counts.dropped = part.droppedDesirable + part.droppedUndesirable
    for position in order.rows {
      let member = members[Int(position)]
      var row = try rows.read(kept[member]).row
      row.weight = plan.hasWeights ? plan.weight(row.weight, label: row.label, split: number) : nil
      try writer.append(row)
      counts.add(row)
      report.written.add(row.label)
      if rows.isTruncated(kept[member]) {
        counts.truncated += 1
        report.truncated.add(row.label)
      }
      if report.written.count.isMultiple(of: 1000) { events(.rows(.write, report.written.count)) }
    }
    report.tokens.prompt += counts.promptTokens
    report.tokens.completion += counts.completionTokens
    let index = try writer.finish()
    events(.rows(.write, report.written.count))
    return Manifest.Split(
      name: part.name, indexHash: try SHA256.hash(fileAt: directory + "/index.json"), shards: index.shards,
      counts: counts)
  }
}
