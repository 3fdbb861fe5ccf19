internal import ArgumentParser
internal import KTOCore
internal import KTOTokenizer

struct DetokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detokenize", abstract: "Turn token ids back into text.",
    discussion: """
      Reads what tokenize writes, from --input or standard input, or takes the ids given as one document. The text is \
      written byte for byte, documents one behind the other, with --separator each of them followed by it.
        jsonl          a line a document: an array of its ids
        u32            32-bit little-endian ids; FILE.offsets says where documents end, without it they are one document

      tokenize adds the tokens a model wants around a text, unless told --no-special; --skip-special leaves all special \
      tokens out again, those that the text itself had too.
      An id that the tokenizer lacks is an error; then no file is written, and the run ends with 1.

      EXAMPLES:
        kto-data detokenize --model kto-data/tiny-mistral --cache data/models 75 104
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, u32
  }

  enum Separator: String, ExpressibleByArgument, CaseIterable {
    case nul, newline

    var byte: UInt8 { self == .nul ? 0 : 0x0A }
  }

  @Argument(help: ArgumentHelp("The ids of one document.", valueName: "id"))
  var ids: [UInt32] = []

  @OptionGroup var model: TokenizerOptions
  @OptionGroup var input: DocumentInput

  @Option(help: ArgumentHelp("How the ids are written; jsonl by default.", valueName: "jsonl|u32"))
  var format: Format?

  @Option(help: ArgumentHelp("What follows each document; nothing by default.", valueName: "nul|newline"))
  var separator: Separator?

  @Flag(help: "Leave special tokens out.")
  var skipSpecial = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; standard output without one.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Show at most so many findings of one code; 0 shows all.", valueName: "count"))
  var show = 10

  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
    guard ids.isEmpty || input.path == nil && format == nil else {
      throw ValidationError("ids given as arguments, and --input or --format, contradict each other")
    }
  }

  func run() throws {
    let source = try ids.isEmpty ? input.open(telling: options.terminal.error) : nil
    let target = try OutputFile(path: output, force: options.force)
    var run = DetokenizeRun(
      tokenizer: try model.tokenizer(), separator: separator?.byte, skipSpecialTokens: skipSpecial)
    let report = ThroughputReport("detokenize", options, isWanted: ids.isEmpty)
    var findings = FindingList(limit: show, terminal: options.terminal.error)
    func take(_ finding: Diagnostic) {
      report.pause()
      findings.show(finding)
    }
    let totals: BatchTotals
    switch (source, format ?? .jsonl) {
    case (nil, _): totals = try run.run(ids: ids, into: target, finding: take)
    case (let source?, .jsonl):
      totals = try run.run(
        lines: source, named: input.name, into: target, finding: take, progress: { report.show($0) })
    case (let source?, .u32):
      totals = try run.run(
        ids: source, named: input.name, offsets: offsets(), into: target, finding: take,
        progress: { report.show($0) })
    }
    report.end(totals)
    findings.end()
    guard totals.problemCount == 0 else {
      if let output { options.terminal.error.writeError("\(output) was not written\n") }
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }

  /// `FILE.offsets`; nil where there is none and none is needed.
  private func offsets() throws -> (source: FileByteSource, name: String)? {
    guard let file = input.file else { return nil }
    let path = TokenOutput.offsetsPath(file)
    guard separator != nil || fileExists(path) else { return nil }
    return (try FileByteSource(path: path), path)
  }
}
