internal import KTOCore

/// Raw files, read and labelled, as `prepare` takes them.
package struct RawExampleSource: ExampleSource {
  private let files: [String]
  private let ingestor: Ingestor
  private let rule: LabelRule

  /// - Parameters:
  ///   - format: what every file is; nil to tell from each file.
  ///   - schemas: nil for the built-in structural checks alone.
  package init(files: [String], format: RawFormat?, schemas: SchemaSet?, rule: LabelRule) {
    self.files = files
    ingestor = Ingestor(format: format, schemas: schemas)
    self.rule = rule
  }

  /// - Throws: `FileError`, `IngestError`, and what `body` throws.
  package mutating func read(_ body: (SourcedExample) throws -> Void) throws {
    let rule = self.rule
    for file in files {
      _ = try ingestor.read(path: file) { event in
        switch event {
        case .finding(let diagnostic): try body(.finding(diagnostic))
        case .rejected(let diagnostic, let record): try body(.rejected(diagnostic, record: record))
        case .example(let example):
          switch rule.label(example) {
          case .labelled(let labelled): try body(.example(labelled))
          case .dropped(let reason): try body(.dropped(reason: reason.rawValue))
          case .rejected(let diagnostic):
            try body(.rejected(diagnostic, record: example.jsonLine().dropLast()))
          }
        }
      }
    }
  }
}

extension Validator: ExampleChecker {}
