internal import KTOCore

/// Turns raw conversations into MDS shards and their manifest: read, check, tokenize, split, balance, order, write.
///
/// One pass over the input; accepted rows wait in a nameless scratch file, with up to 300 bytes a row in memory. Where
/// errors are found that are neither allowed nor put into quarantine, every finding is told, nothing is written and the
/// report says what was blocking. The same input, configuration and seed make the same bytes.
/// - Parameters:
///   - files: what is read; see `inputFiles`.
///   - pipeline: how records become rows; its tokenizer is made from `tokenizer`.
///   - output: a folder; see `PrepareConfiguration.force`.
/// - Returns: what became of every row.
/// - Throws: `PrepareError`, `SplitError`, `ShardError`, `FileError`, `IngestError`; then no manifest is left.
package func prepare(
  _ files: InputFiles, _ pipeline: PipelineOptions, _ configuration: PrepareConfiguration, output: String,
  tokenizer: any ConversationTokenizer, events: (PrepareEvent) -> Void
) throws -> PrepareReport {
  guard !files.isEmpty else { throw IngestError.noInputs }
  guard tokenizer.templateHash != nil else { throw PrepareError.noChatTemplate }
  guard configuration.maxLength >= 2 else { throw PrepareError.badMaxLength(configuration.maxLength) }
  let folder = try OutputFolder(path: output, force: configuration.force)
  do {
    let rowTokenizer = RowTokenizer(tokenizer: tokenizer, maxLength: configuration.maxLength)
    var run = try PrepareRun(configuration, folder: folder, jobs: pipeline.jobs)
    if !rowTokenizer.endsTurnsWithEOS {
      run.tell(
        Diagnostic(
          .openTurn, message: "the chat template does not end the assistant's turn with EOS",
          hint: "a model trained on this does not learn where to stop"), events)
    }
    var pipeline = pipeline
    pipeline.tokenizer = rowTokenizer
    pipeline.encodesExamples = configuration.quarantine != nil
    try run.takeRows(RowCursor(files, pipeline), allowing: pipeline.allowedCodes, events)
    guard run.report.blocking.isEmpty else { return try run.refuse() }
    events(.stage(.split))
    let plan = try run.plan(allowsOneClass: pipeline.allowedCodes.contains("E09"), events)
    events(.stage(.write))
    try run.write(plan, tokenizer: tokenizer, events)
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
  private let jobs: Int
  private var rows: PreparedRows
  private var quarantine: Quarantine?

  init(_ configuration: PrepareConfiguration, folder: OutputFolder, jobs: Int) throws {
    // Made before anything is stored, so that a failure leaves no half-made value.
    let rows = try PreparedRows(folder: folder.path)
    let quarantine = try Self.quarantine(configuration)
    self.configuration = configuration
    self.folder = folder
    self.jobs = jobs
    self.rows = rows
    self.quarantine = quarantine
  }

  private static func quarantine(_ configuration: PrepareConfiguration) throws -> Quarantine? {
    guard let folder = configuration.quarantine else { return nil }
    return try Quarantine(folder: folder, force: configuration.force)
  }

  func tell(_ finding: Diagnostic, _ events: (PrepareEvent) -> Void) { events(.finding(finding)) }

  // MARK: - Reading

  mutating func takeRows(
    _ cursor: RowCursor, allowing allowed: Set<String>, _ events: (PrepareEvent) -> Void
  ) throws {
    events(.stage(.read))
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings { tell(finding, events) }
        switch row.state {
        case .accepted: if let tokens = row.tokens?.row { try rows.append(tokens, of: row) }
        case .rejected: try settle(row.findings, allowing: allowed, record: row)
        case .dropped, .empty: break
        }
        count += 1
        if count.isMultiple(of: 1000) { events(.rows(.read, count)) }
      case .finding(let finding):
        tell(finding, events)
        try settle([finding], allowing: allowed, record: nil)
      case .ended: break
      }
    }
    for finding in cursor.finish() {
      tell(finding, events)
      if finding.severity == .error, !allowed.contains(finding.code) {
        report.blocking[finding.code, default: 0] += 1
      }
    }
    events(.rows(.read, count))
    report.account = cursor.account
    report.files = cursor.summaries
  }

  /// Puts a bad row aside, or notes that it stops the run.
  private mutating func settle(_ findings: [Diagnostic], allowing allowed: Set<String>, record: Row?) throws {
    let errors = findings.filter { $0.severity == .error }
    let unsettled = errors.filter { !allowed.contains($0.code) }
    if quarantine != nil, let reason = unsettled.first ?? errors.first {
      try quarantine?.add(reason, record: record?.text ?? [])
      report.quarantined += 1
      return
    }
    for error in unsettled { report.blocking[error.code, default: 0] += 1 }
  }

  /// Ends a run that errors stopped: what was put aside stays, and what was there before.
  mutating func refuse() throws -> PrepareReport {
    try quarantine?.commit()
    folder.removeIfEmpty()
    return report
  }

  // MARK: - Splitting

  /// - Parameter allowsOneClass: one label alone was allowed, so a balance is not what the user wants most.
  mutating func plan(allowsOneClass: Bool, _ events: (PrepareEvent) -> Void) throws -> SplitPlan {
    var options = configuration.split
    let labels = rows.records.labels
    if allowsOneClass, !labels.contains(true) || !labels.contains(false) { options.balance = nil }
    let plan = try SplitPlan(rows.records, options)
    for finding in plan.report.findings {
      report.account.add(finding)
      tell(finding, events)
    }
    report.split = plan.report
    for part in plan.report.parts {
      report.droppedByBalance += ClassCounts(
        desirable: part.droppedDesirable, undesirable: part.droppedUndesirable)
    }
    return plan
  }

  // MARK: - Writing

  mutating func write(
    _ plan: SplitPlan, tokenizer: any ConversationTokenizer, _ events: (PrepareEvent) -> Void
  ) throws {
    var splits: [Manifest.Split] = []
    folder.removeOldOutput()
    do {
      for (number, part) in plan.report.parts.enumerated() where part.rows > 0 {
        splits.append(try write(part, number, of: plan, events))
      }
      let accounted = report.written.total + report.droppedByBalance.total
      guard report.account.accepted.total == accounted else {
        throw PrepareError.lostRows(accepted: report.account.accepted.total, accounted: accounted)
      }
      let manifest = Manifest(
        tool: configuration.tool,
        model: Manifest.Model(
          name: configuration.modelName, revision: configuration.modelRevision,
          commit: configuration.modelCommit, tokenizerHash: tokenizer.tokenizerHash,
          templateHash: tokenizer.templateHash),
        maxLength: configuration.maxLength, seed: configuration.split.seed,
        groupBy: configuration.split.groupBy.rawValue, configuration: configuration.effective,
        shapedBy: configuration.shapedBy,
        parents: report.files.map {
          Manifest.Parent(path: $0.file, sha256: $0.sha256, byteCount: $0.byteCount)
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
    _ part: SplitReport.Part, _ number: Int, of plan: SplitPlan, _ events: (PrepareEvent) -> Void
  ) throws -> Manifest.Split {
    let members = (0..<rows.count).filter { plan.split(ofRow: $0) == number }
    let labels = members.map { rows.records.labels[$0] }
    let order: EpochOrder =
      switch configuration.order {
      case .input: EpochOrder(sequential: members.count)
      case .shuffled: EpochOrder(interleaved: labels, seed: configuration.split.seed &+ UInt64(number))
      }
    let splitFolder = folder.path + "/" + part.name
    var writer = try MDSWriter(
      folder: splitFolder, sizeLimit: configuration.shardSizeLimit, hasWeights: plan.hasWeights,
      force: configuration.force, jobs: jobs)
    var counts = Manifest.Counts()
    counts.dropped = part.droppedDesirable + part.droppedUndesirable
    let places = order.rows.map { position in
      let row = members[Int(position)]
      let weight = plan.weight(rows.records.weight(row), label: rows.records.labels[row], split: number)
      return PreparedSamples.Place(row: row, weight: plan.hasWeights ? weight : nil)
    }
    let samples = try rows.samples().inOrder(places, jobs: jobs)
    var remaining = places[...]
    while let portion = try samples.next() {
      for (place, sample) in zip(remaining, portion) {
        try writer.append(sample: sample)
        count(place.row, &counts)
        if report.written.total.isMultiple(of: 1000) { events(.rows(.write, report.written.total)) }
      }
      remaining = remaining.dropFirst(portion.count)
    }
    report.tokens.prompt += counts.promptTokens
    report.tokens.completion += counts.completionTokens
    try writer.finish()
    events(.rows(.write, report.written.total))
    return Manifest.Split(
      name: part.name, indexHash: try SHA256.hash(fileAt: splitFolder + "/index.json"),
      shards: writer.index.shards, counts: counts)
  }

  private mutating func count(_ row: Int, _ counts: inout Manifest.Counts) {
    let label = rows.records.labels[row]
    counts.add(label: label, tokens: rows.tokenCounts(row))
    report.written.add(label)
    if rows.isTruncated(row) {
      counts.truncated += 1
      report.truncated.add(label)
    }
  }
}
