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
    // Here it is known which rows will train.
    pipeline.checks?.judgesClasses = false
    pipeline.encodesExamples = configuration.quarantine != nil
    pipeline.keepsMetadata =
      configuration.quarantine != nil || RowFields.needsMetadata(configuration.split)
      || pipeline.checks?.limits.annotator != nil
    let cursor = RowCursor(configuration.parts?.files ?? files, pipeline)
    try run.takeRows(cursor, allowing: pipeline.allowedCodes, events)
    if pipeline.checks != nil, let finding = OneClassCheck.finding(on: run.report.account.accepted) {
      let isEmpty = finding.message == OneClassCheck.nothingLabelled
      run.note(isEmpty ? cursor.nothingLabelled : finding, allowing: pipeline.allowedCodes, events)
    }
    guard run.report.blocking.isEmpty else { return try run.refuse() }
    events(.stage(.split))
    let plan = try run.plan(pipeline.checks, allowing: pipeline.allowedCodes, events)
    guard run.report.blocking.isEmpty else { return try run.refuse() }
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
  private var fields: RowFields
  /// Tokens that stand under both labels in rows that were put aside.
  private var contradictions: Set<WideKey> = []

  init(_ configuration: PrepareConfiguration, folder: OutputFolder, jobs: Int) throws {
    // Made before anything is stored, so that a failure leaves no half-made value.
    let rows = try PreparedRows(folder: folder.path, keepsTexts: configuration.quarantine != nil)
    let quarantine = try Self.quarantine(configuration)
    self.configuration = configuration
    self.folder = folder
    self.jobs = jobs
    self.rows = rows
    self.quarantine = quarantine
    fields = RowFields(configuration.split)
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
        case .accepted:
          if let tokens = row.tokens?.row, let example = row.example {
            try rows.append(tokens, of: row, file: cursor.fileNumber, try fields.keys(of: example))
          }
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
    let findings = cursor.finish()
    events(.rows(.read, count))
    report.account = cursor.account
    report.files = cursor.summaries
    for finding in findings {
      tell(finding, events)
      block(finding, allowing: allowed)
    }
    try withdrawContradictions(events)
    if report.account.accepted.total > 0 {
      try fields.check()
      if let failure = cursor.failure { throw failure }
    }
    for finding in fields.findings { note(finding, allowing: allowed, events) }
  }

  /// Tells and counts a finding on the whole, and stops the run where it is an error.
  mutating func note(_ finding: Diagnostic, allowing allowed: Set<String>, _ events: (PrepareEvent) -> Void) {
    report.account.add(finding)
    tell(finding, events)
    block(finding, allowing: allowed)
  }

  private mutating func block(_ finding: Diagnostic, allowing allowed: Set<String>) {
    guard finding.severity == .error, !allowed.contains(finding.code) else { return }
    report.blocking[finding.code, default: 0] += 1
  }

  /// Puts the rows aside that a rejected one contradicts: they came before it, so they were accepted.
  private mutating func withdrawContradictions(_ events: (PrepareEvent) -> Void) throws {
    guard !contradictions.isEmpty else { return }
    let withdrawn = rows.rows(withTokens: contradictions)
    for row in withdrawn {
      let text = try rows.text(row)
      let source = (try? StoredExample(json: text).example())?.source
      let finding = Diagnostic(
        RepetitionCheck.contradiction, at: source?.location, pointer: source?.pointer ?? "",
        message: "a later example has the same tokens and the other label",
        hint: "keep the label that is right")
      tell(finding, events)
      report.account.reject(finding, label: rows.records.labels[row])
      report.files[rows.file(row)].rejected += 1
      try quarantine?.add(finding, record: text)
      report.quarantined += 1
    }
    rows.withdraw(withdrawn)
  }

  /// Puts a bad row aside, or notes that it stops the run.
  private mutating func settle(_ findings: [Diagnostic], allowing allowed: Set<String>, record: Row?) throws {
    let errors = findings.filter { $0.severity == .error }
    let unsettled = errors.filter { !allowed.contains($0.code) }
    if quarantine != nil, let reason = unsettled.first ?? errors.first {
      try quarantine?.add(reason, record: record?.text ?? [])
      report.quarantined += 1
      if let keys = record?.tokens?.keys,
        unsettled.contains(where: { $0.code == RepetitionCheck.contradiction.id })
      {
        contradictions.insert(keys.row)
      }
      return
    }
    for error in unsettled { report.blocking[error.code, default: 0] += 1 }
    if !unsettled.isEmpty { report.isBlockedByRows = true }
  }

  /// Ends a run that errors stopped: what was put aside stays, and what was there before.
  mutating func refuse() throws -> PrepareReport {
    try quarantine?.commit()
    folder.removeIfEmpty()
    return report
  }

  // MARK: - Splitting

  /// - Parameter checks: what the checks know of the run; nil where there are none.
  mutating func plan(
    _ checks: CheckContext?, allowing allowed: Set<String>, _ events: (PrepareEvent) -> Void
  ) throws -> SplitPlan {
    var options = configuration.split
    let labels = rows.records.labels
    // One label alone was allowed, so a balance is not what the user wants most.
    if allowed.contains("E09"), !labels.contains(true) || !labels.contains(false) { options.balance = nil }
    if options.groupBy.keepsPrompts { try rows.joinContinuations(jobs: jobs) }
    let plan = try SplitPlan(rows.records, options, fields: fields, keeping: try keptParts())
    let samples = plan.report.leaks.isEmpty ? nil : try rows.samples()
    for finding in plan.report.findings(id: { samples?.id($0) }) { note(finding, allowing: allowed, events) }
    if let checks, let finding = weightFinding(plan, checks) { note(finding, allowing: allowed, events) }
    report.split = plan.report
    report.droppedByBalance = plan.report.dropped
    return plan
  }

  /// The part of each row by its file, where the input was divided already.
  private func keptParts() throws -> KeptParts? {
    guard let parts = configuration.parts else { return nil }
    var numbers: [String: UInt8] = [:]
    for (number, part) in parts.parts.enumerated() {
      for file in part.files { numbers[file] = UInt8(number) }
    }
    let partOfFile = report.files.map { numbers[$0.file] }
    let partOfRow = try (0..<rows.count).map { row in
      guard let part = partOfFile[rows.file(row)] else {
        throw PrepareError.unknownPart(file: report.files[rows.file(row)].file)
      }
      return part
    }
    return KeptParts(
      names: parts.parts.map(\.name), origin: "parts kept as they are in \(parts.origin)",
      partOfRow: partOfRow)
  }

  /// W01 for the rows that will train, with the weights that they are written with.
  private func weightFinding(_ plan: SplitPlan, _ checks: CheckContext) -> Diagnostic? {
    guard let train = plan.report.parts.firstIndex(where: { $0.name == "train" }) else { return nil }
    var masses = ClassMasses()
    for row in 0..<rows.count where plan.split(ofRow: row) == train {
      let label = rows.records.labels[row]
      masses.add(plan.weight(rows.records.weight(row), label: label, split: train) ?? 1, label: label)
    }
    return ClassWeightCheck.finding(on: plan.report.parts[train].kept, masses, checks)
  }

  // MARK: - Writing

  mutating func write(
    _ plan: SplitPlan, tokenizer: any ConversationTokenizer, _ events: (PrepareEvent) -> Void
  ) throws {
    var splits: [Manifest.Split] = []
    let names = plan.report.parts.map(\.name)
    folder.removeOldOutput(parts: names)
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
        groupBy: configuration.split.groupBy.description, configuration: configuration.effective,
        shapedBy: configuration.shapedBy,
        parents: report.files.map {
          Manifest.Parent(path: $0.file, sha256: $0.sha256, byteCount: $0.byteCount)
        }, splits: splits)
      try quarantine?.commit()
      try manifest.write(to: folder.path, force: configuration.force)
      report.root = manifest.root
    } catch {
      folder.removeOldOutput(parts: names)
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
    counts.dropped = part.dropped.total
    counts.droppedDesirable = part.droppedDesirable
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
