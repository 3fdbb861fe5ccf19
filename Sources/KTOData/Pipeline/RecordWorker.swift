internal import KTOCore

/// What became of a part of the input, on one thread; what needs the order of the rows is still to be done.
struct WorkedPart: Sendable {
  var context: FileContext
  var rows: [Row] = []
  var recordCount = 0
  var ignoredFields: [String: Int] = [:]
  var metadataFields: [String: Int] = [:]
  var breakage: Breakage?
  /// Set at the end of a file.
  var end: (byteCount: Int, sha256: String)?
  /// Why nothing of the file is read.
  var refusal: Diagnostic?
}

/// Turns records into rows: parses, converts, labels, fingerprints, tokenizes and checks them. One a thread.
final class RecordWorker {
  private let options: PipelineOptions
  private let tokenizer: RowTokenizer?
  private let labeller: Labeller
  private let checks: CheckRun?
  private let words: VerdictWords
  private let shape: MappedShape?
  private var parser = JSONParser()
  private var fingerprinter = Fingerprinter()
  private let sketcher: Sketcher?
  private var current: FormatState?
  private var recordSchema: CompiledRecordSchema?

  /// What is kept from record to record of one file.
  private struct FormatState {
    var context: FileContext
    var format: any RecordFormat
    var fields: Set<String>
    var schema: CompiledSchema?
  }

  init(_ options: PipelineOptions) {
    self.options = options
    tokenizer = options.jobs > 1 ? options.tokenizer?.forOneThread() : options.tokenizer
    labeller = Labeller(options.label, rules: options.labelRules)
    checks = options.checks.map { CheckRun($0) }
    words = VerdictWords(options.label, rules: options.labelRules)
    shape = options.mapping.map { MappedShape($0) }
    sketcher = options.dedup.map { Sketcher($0) }
  }

  /// - Throws: `SchemaError` for a schema of ours that does not compile.
  func work(on part: InputPart) throws -> WorkedPart {
    switch part {
    case .end(let context, let byteCount, let sha256):
      return WorkedPart(context: context, end: (byteCount, sha256))
    case .refused(let context, let finding): return WorkedPart(context: context, refusal: finding)
    case .batch(let batch, let context):
      var result = WorkedPart(context: context, breakage: batch.breakage)
      try open(context)
      batch.forEachText { text, position in
        let place = RecordPlace(file: context.name, start: position, bytes: text)
        do throws(JSONSyntaxError) {
          convert(try parser.parse(text), at: place, into: &result)
        } catch {
          let fault = error.fault(in: text)
          let finding = RecordFinding(
            code: .notParseable, offset: fault?.offset ?? error.offset, pointer: "",
            message: fault?.message ?? "\(error)", hint: fault == nil ? hint(for: error) : fault?.hint)
          reject([finding], at: place, into: &result)
        }
        result.recordCount += 1
      }
      if case .decoded(let records) = batch.records {
        for record in records {
          convert(record, in: context, into: &result)
          result.recordCount += 1
        }
      }
      return result
    }
  }

  private func open(_ context: FileContext) throws {
    if recordSchema == nil { recordSchema = try options.recordSchema?.compiled() }
    if let current, current.context === context { return }
    current = nil
    guard let format = context.format else { return }
    current = FormatState(
      context: context, format: format.init(), fields: Set(format.fields),
      schema: try options.isStrict ? format.schema.map { try CompiledSchema($0, name: format.name) } : nil)
  }

  private func hint(for error: JSONSyntaxError) -> String? {
    switch error.reason {
    case .duplicateKey: "keep one of the two: readers differ in which they take"
    case .invalidUTF8: "save the file as UTF-8"
    case .truncated: "one record a line: is a line break inside this record?"
    default: nil
    }
  }

  // MARK: - Records

  private func convert(_ record: DecodedRecord, in context: FileContext, into result: inout WorkedPart) {
    let place = RecordPlace(file: context.name, start: record.position, bytes: record.text[...])
    if let finding = record.finding {
      reject([finding], at: place, into: &result)
    } else if let value = record.value {
      convert(value, at: place, isUntyped: record.isUntyped, into: &result)
    } else {
      let findings = recordSchema?.findings(inText: place.bytes) ?? []
      guard findings.isEmpty else { return reject(findings, at: place, into: &result) }
      result.rows.append(Row(state: .empty, record: result.recordCount))
    }
  }

  private func convert(
    _ node: JSONNode, at place: RecordPlace, isUntyped: Bool = false, into result: inout WorkedPart
  ) {
    var output = ConvertedRecord(words: words)
    output.isUntyped = isUntyped
    let read = node.object == nil ? node : shape?.record(node, in: &output) ?? node
    output.readID(of: read)
    var unused: [JSONObject.Member] = []
    var verdicts: [JSONObject.Member] = []
    if let object = node.object {
      // What the mapping does not find is an error already.
      if !output.hasError { current?.format.convert(read, into: &output) }
      if let fields = current?.fields {
        output.addCommonFields(of: read, fields)
        shape?.restore(&output, from: node)
        unused =
          shape?.rest(of: object)
          ?? object.members.filter { member in
            !fields.contains(member.key) && !words.read(member.key)
              || output.unusedFields.contains(member.key)
          }
        // So that other rules can label the examples anew.
        if words.ruleFields != nil, !(current?.format is Examples) {
          verdicts =
            shape == nil
            ? object.members.filter { member in
              !member.node.isNull
                && (fields.contains(member.key)
                  ? VerdictFields.contain(member.key) : words.read(member.key))
            } : unused.filter { words.read($0.key) }
          unused.removeAll { member in verdicts.contains { $0.key == member.key } }
        }
      }
      for member in unused {
        if options.keepsMetadata, !output.drafts.isEmpty {
          result.metadataFields[member.key, default: 0] += 1
        } else if !words.read(member.key) {
          result.ignoredFields[member.key, default: 0] += 1
        }
      }
      // Those of messages, which are no members of the record.
      for name in output.unusedFields where shape != nil || object[name] == nil {
        result.ignoredFields[shape?.name(of: name) ?? name, default: 0] += 1
      }
    } else {
      output.error(.wrongShape, node, "", "a record must be a JSON object, not a JSON \(node.typeName)")
    }
    output.addRuleEvidence(of: node)
    for index in output.drafts.indices { output.drafts[index].check() }
    if let recordSchema { output.findings += recordSchema.findings(in: node, text: place.bytes) }
    if let schema = current?.schema, shape == nil { output.apply(schema, to: node, text: place.bytes) }
    if output.drafts.isEmpty, !output.hasError {
      output.error(.wrongShape, node, "", "nothing in this record makes an example")
    }
    if output.hasError { return reject(output.findings, at: place, into: &result) }
    keep(verdicts, of: node, in: &output, &result)
    var group: String?
    for var draft in output.drafts {
      // What comes from one record stays together, as the answers of one conversation do.
      draft.group = draft.group ?? group
      if options.keepsMetadata { draft.keep(unused, verdicts) }
      var row = self.row(draft, of: output, at: place)
      row.record = result.recordCount
      group = row.example?.group
      result.rows.append(row)
    }
  }

  /// Gives each example the verdicts on it that rules read, so that other rules can label it anew.
  private func keep(
    _ verdicts: [JSONObject.Member], of node: JSONNode, in output: inout ConvertedRecord,
    _ result: inout WorkedPart
  ) {
    guard options.keepsMetadata, words.ruleFields != nil, !(current?.format is Examples) else { return }
    var names: Set<String> = []
    for index in output.drafts.indices {
      output.drafts[index].verdicts = output.drafts[index].verdicts(in: node, verdicts, words)
      names.formUnion(output.drafts[index].verdicts.map(\.key))
    }
    for member in verdicts {
      if names.contains(member.key) || member.node.object != nil {
        result.metadataFields[member.key, default: 0] += 1
      } else {
        result.ignoredFields[member.key, default: 0] += 1
      }
    }
  }

  private func reject(_ findings: [RecordFinding], at place: RecordPlace, into result: inout WorkedPart) {
    result.rows.append(
      Row(
        state: .rejected, findings: findings.map { place.diagnostic($0) }, record: result.recordCount,
        recordText: Array(place.bytes)))
  }

  // MARK: - Examples

  private func row(_ draft: Draft, of output: ConvertedRecord, at place: RecordPlace) -> Row {
    var row = Row(state: .accepted, findings: output.findings.map { place.diagnostic($0) })
    row.findings += draft.findings.map { place.diagnostic($0) }
    row.id =
      output.id.map { .own($0, suffix: draft.idSuffix) }
      ?? output.idInFile.map { .inFile($0, suffix: draft.idSuffix) } ?? .numbered(suffix: draft.idSuffix)
    let prompt = draft.prompt.map(\.message)
    let completion = draft.completion.map(\.message)
    let fingerprint = fingerprinter.fingerprint(prompt: prompt, completion: completion)
    row.fingerprint = fingerprint
    let location = place.location
    let source =
      draft.source
      ?? Source(
        file: location.file, line: location.line, column: location.column, byteOffset: location.byteOffset,
        pointer: draft.isOneOfSeveral ? draft.pointer : "",
        verdicts: draft.isOneOfSeveral ? draft.verdicts.map(\.key) : [])
    var example = Example(
      id: "", prompt: prompt, completion: completion, group: draft.group ?? fingerprint.group,
      weight: draft.weight, tools: draft.tools, source: source, signals: draft.evidence.map(\.signal),
      metadata: options.keepsMetadata ? draft.metadata.map { .object($0) } : nil)
    let decision = labeller.decide(example.signals)
    let decider = decision.signal.map { draft.evidence[$0] }
    let verdict = decision.verdict
    if let weight = decision.weight, verdict.isLabel { example.weight = weight }
    if options.labelRules != nil {
      row.labelRule = decision.rule
      row.evidenceNames = decider.map { [$0.name] } ?? draft.evidence.map(\.name)
    }
    switch verdict {
    case .desirable: example.label = true
    case .undesirable: example.label = false
    case .disagreeing(let first, let second):
      row.findings.append(place.diagnostic(draft.evidence[second].disagreeing(with: draft.evidence[first])))
    case .refused(let message, let hint):
      row.findings.append(
        decider.map { place.diagnostic($0.finding(.labelNotBool, message, hint: hint)) }
          ?? Diagnostic(
            .labelNotBool, at: source.location, pointer: source.pointer, message: message, hint: hint))
    case .contradictory(let message):
      if let decider {
        row.findings.append(
          place.diagnostic(decider.finding(.evidenceDisagrees, message, hint: "keep the one that is right")))
      }
    case .dropped: break
    }
    row.example = example
    if draft.findings.contains(where: { $0.code.severity == .error }) {
      row.state = .rejected
      row.recordText = Array(place.bytes)
    } else {
      settle(&row, example, verdict, fingerprint)
    }
    if options.encodesExamples { row.encoded = EncodedExample(example) }
    row.sketch = sketcher?.sketch(example)
    row.overlap = options.benchmarks?.overlap(in: example)
    return row
  }

  /// Tokenizes and checks an example that has a label; drops or rejects one that has none.
  private func settle(
    _ row: inout Row, _ example: Example, _ verdict: LabelVerdict, _ fingerprint: Fingerprint
  ) {
    switch verdict {
    case .dropped(let reason): row.state = .dropped(reason)
    case .disagreeing, .contradictory, .refused: row.state = .rejected
    case .desirable, .undesirable:
      if let tokenizer {
        let outcome = tokenizer.tokenize(example)
        row.findings += outcome.findings
        row.tokens = outcome
      }
      var findings = RowFindings(source: example.source, diagnostics: row.findings)
      let checked = CheckedRow(
        example, label: verdict == .desirable, fingerprint: fingerprint, tokens: row.tokens)
      checks?.look(at: checked, &findings)
      row.findings = findings.diagnostics
    }
  }
}

extension Evidence {
  fileprivate func finding(_ code: Code, _ message: String, hint: String) -> RecordFinding {
    RecordFinding(code: code, offset: offset, pointer: pointer, message: message, hint: hint)
  }

  /// The finding that this says the opposite of other evidence.
  fileprivate func disagreeing(with other: Evidence) -> RecordFinding {
    RecordFinding(
      code: .evidenceDisagrees, offset: offset, pointer: pointer,
      message: "\(other.name) and \(name) contradict one another: one says desirable, the other undesirable",
      hint: "keep the one that is right, or name the field that counts with data.label.field")
  }
}
