package import KTOCore

/// What a validation run hands on, in the order of the input.
package enum ValidationEvent: Sendable {
  /// Any finding, once each.
  case diagnostic(Diagnostic)
  /// A labelled example without errors.
  case accepted(Example)
  /// What cannot be used, after its diagnostics: the raw record where ingest refused it, otherwise the example.
  case rejected(Diagnostic, record: [UInt8]?, example: Example?)
}

/// Ingest, label and validate in one streaming pass over any number of files.
package struct ValidationRun {
  private let ingestor: Ingestor
  private let rule: LabelRule
  private var validator: Validator
  package private(set) var report = ValidationReport()

  /// - Parameters:
  ///   - format: what every file is; nil to tell from each file.
  ///   - schemas: nil for the built-in structural checks alone.
  package init(
    format: RawFormat? = nil, schemas: SchemaSet? = nil, rule: LabelRule = LabelRule(),
    options: ValidationOptions = ValidationOptions()
  ) {
    ingestor = Ingestor(format: format, schemas: schemas)
    self.rule = rule
    validator = Validator(options)
    report.appliedSchemas = schemas != nil
  }

  /// Reads one file.
  /// - Throws: `FileError`, `IngestError`, and what `body` throws.
  package mutating func read(
    path: String, name: String? = nil, _ body: (ValidationEvent) throws -> Void
  ) throws {
    let rule = self.rule
    let summary = try ingestor.read(path: path, name: name) { event in
      switch event {
      case .finding(let diagnostic):
        report.add(diagnostic)
        try body(.diagnostic(diagnostic))
      case .rejected(let diagnostic, let record):
        try reject(diagnostic, record: record, body)
      case .example(let example):
        switch rule.label(example) {
        case .labelled(let labelled): try check(labelled, body)
        case .dropped(let reason): report.dropped[reason, default: 0] += 1
        case .rejected(let diagnostic): try reject(diagnostic, example: example, body)
        }
      }
    }
    report.files.append(summary)
  }

  /// Adds the findings about the set as a whole. Call once, last.
  package mutating func finish(_ body: (ValidationEvent) throws -> Void) rethrows {
    for diagnostic in validator.finish() {
      report.add(diagnostic)
      try body(.diagnostic(diagnostic))
    }
  }

  private mutating func check(_ example: Example, _ body: (ValidationEvent) throws -> Void) throws {
    let diagnostics = validator.check(example)
    for diagnostic in diagnostics {
      report.add(diagnostic, label: example.label)
      try body(.diagnostic(diagnostic))
    }
    if let error = diagnostics.first(where: { $0.severity == .error }) {
      report.rejected += 1
      try body(.rejected(error, record: nil, example: example))
    } else {
      report.balance.add(example.label)
      try body(.accepted(example))
    }
  }

  private mutating func reject(
    _ diagnostic: Diagnostic, record: [UInt8]? = nil, example: Example? = nil,
    _ body: (ValidationEvent) throws -> Void
  ) throws {
    report.rejected += 1
    report.add(diagnostic)
    try body(.diagnostic(diagnostic))
    try body(.rejected(diagnostic, record: record, example: example))
  }
}
