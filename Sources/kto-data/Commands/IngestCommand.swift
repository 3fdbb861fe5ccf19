internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Turn raw conversations into labelled examples.",
    discussion: """
      Writes one JSON object a line, a superset of TRL's unpaired conversational format. Every record that can be used is \
      written; ends with 1 where one could not. Label limits come from the configuration, where one is given.
      """)

  @Argument(help: "Files and folders; a folder stands for its files. Those of the configuration by default.")
  var paths: [String] = []

  @Option(name: [.short, .customLong("output")], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Option(help: "How the files are written; by default it is told from each file's first records.")
  var format: InputFormat?

  @Flag(help: "Write answers that nothing labels, too.")
  var keepUnlabelled = false

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var schemas: SchemaOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to read, or a configuration with --config")
    }
  }

  func run() throws {
    let data = try configuration.isGiven ? configuration.load().data : DataConfiguration()
    let rule = LabelRule(data.label)
    let terminal = options.terminal.error
    let progress = ProgressLine(options)
    let ingestor = Ingestor(format: RawFormat(format ?? data.format), schemas: try schemas.load())
    var file = try AtomicFile(path: output, force: options.force)
    var counts = Counts()
    func take(_ diagnostic: Diagnostic) {
      progress.end()
      terminal.show(diagnostic)
      if diagnostic.severity == .error { counts.errors += 1 }
    }
    for path in try inputFiles(paths.isEmpty ? data.inputs : paths) {
      let summary = try ingestor.read(path: path) { event in
        switch event {
        case .finding(let diagnostic), .rejected(let diagnostic, _): take(diagnostic)
        case .example(let example):
          switch rule.label(example) {
          case .labelled(let labelled):
            try file.write(labelled.jsonLine())
            counts.add(labelled.label)
          case .dropped(.unlabelled) where keepUnlabelled:
            try file.write(example.jsonLine())
            counts.add(nil)
          case .dropped: counts.dropped += 1
          case .rejected(let diagnostic): take(diagnostic)
          }
          progress.show("ingest", done: counts.read, unit: "examples")
        }
      }
      progress.end()
      print("\(path): \(summary.format?.rawValue ?? "unknown format"), \(summary.records) records")
    }
    try file.commit()
    print("\(output): \(counts.text)")
    if counts.errors > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private struct Counts {
    var desirable = 0
    var undesirable = 0
    var unlabelled = 0
    var dropped = 0
    var errors = 0

    var read: Int { desirable + undesirable + unlabelled + dropped }

    mutating func add(_ label: Bool?) {
      switch label {
      case true: desirable += 1
      case false: undesirable += 1
      case nil: unlabelled += 1
      }
    }

    var text: String {
      var text =
        "\(desirable + undesirable + unlabelled) examples: \(desirable) desirable, \(undesirable) undesirable"
      if unlabelled > 0 { text += ", \(unlabelled) without a label" }
      if dropped > 0 { text += "; \(dropped) left out by the label rule" }
      if errors > 0 { text += "; \(errors) errors" }
      return text
    }
  }
}
