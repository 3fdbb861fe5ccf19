internal import KTOCore

/// Raw files as prepare takes them: ingested, then labelled.
package struct RawSource: ExampleSource {
  private let paths: [String]
  private let rule: LabelRule
  private var ingestor: Ingestor
  /// What each file held, in the order of the files; complete after `read`.
  package private(set) var summaries: [IngestSummary] = []

  /// - Parameters:
  ///   - paths: files; see `inputFiles` for folders.
  ///   - format: what every file is; nil to tell it from each file.
  ///   - schemas: nil for the built-in structural checks alone.
  package init(
    paths: [String], format: RawFormat? = nil, schemas: SchemaSet? = nil, rule: LabelRule = LabelRule()
  ) {
    self.paths = paths
    self.rule = rule
    ingestor = Ingestor(format: format, schemas: schemas)
  }

  /// - Throws: `FileError`, `IngestError`, and what `body` throws.
  package mutating func read(_ body: (SourcedExample) throws -> Void) throws {
    let rule = self.rule
    for path in paths {
      summaries.append(
        try ingestor.read(path: path) { event in
          switch event {
          case .finding(let diagnostic): try body(.finding(diagnostic))
          case .rejected(let diagnostic, let record): try body(.rejected(diagnostic, record: record))
          case .example(let example):
            switch rule.label(example) {
            case .labelled(let labelled): try body(.example(labelled))
            case .dropped(let drop): try body(.dropped(reason: drop.rawValue))
            case .rejected(let diagnostic):
              try body(.rejected(diagnostic, record: Array(example.jsonLine().dropLast())))
            }
          }
        })
    }
  }
}

extension Validator: ExampleChecker {}
