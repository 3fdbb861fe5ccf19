internal import ArgumentParser
internal import KTOCore
internal import KTOHub
internal import KTOTokenizer

extension TokenFormat: ExpressibleByArgument {}

extension DocumentSeparator: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Turn texts into token ids.",
    discussion: """
      Reads documents from --input or standard input, or takes each TEXT as one. Without --separator the whole input is one \
      document. A separator ends a document: the last one makes no empty document behind it, two in a row make one \
      between them.
        nul            a NUL byte
        newline        a line feed alone; a carriage return before it is part of the document
        jsonl:FIELD    a line is a JSON object, the document is its member FIELD, a string

      Formats:
        jsonl          an array of ids a document, one a line; the default without TEXT
        u32            the ids, 32-bit little-endian, in FILE; in FILE.offsets 64-bit ones: 0, then where each document ends
        count          the number of ids a document, one a line
        ids            the ids of a document with spaces between them, one a line
        table          position, id and text of each token, one a line; the default with TEXT

      The output's bytes do not depend on --jobs. Memory grows with the longest document, not with the input. A document \
      that is not UTF-8 or not as --separator says is an error with its place; then no file is written, what goes to \
      standard output ends before that document, and the run ends with 1.
      Prints its speed at the end on a terminal, elsewhere with --progress.

      EXAMPLES:
        kto-data tokenize --model kto-data/tiny-mistral --cache data/models "Hello"
        kto-data tokenize --model kto-data/tiny-mistral \\
          --cache data/models -i README.md --ids
      """)

  @Argument(help: ArgumentHelp("Texts, each a document.", valueName: "text"))
  var texts: [String] = []

  @OptionGroup var model: TokenizerOptions
  @OptionGroup var input: DocumentInput

  @Option(help: ArgumentHelp("What parts the documents.", valueName: "nul|newline|jsonl:FIELD"))
  var separator: DocumentSeparator?

  @Flag(
    inversion: .prefixedNo, help: "Add the tokens a model wants around a text; the default but with --chat.")
  var special: Bool?

  @Flag(help: "Take each TEXT as a user's message, in the model's chat template.")
  var chat = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; standard output without one.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("What is written.", valueName: "jsonl|u32|count|ids|table"))
  var format: TokenFormat?

  @Flag(help: "The same as --format ids.")
  var ids = false

  @Option(help: "Threads; by default the cores this process may run on.")
  var jobs = Machine.usableCoreCount()

  @Option(help: ArgumentHelp("Show at most so many findings of one code; 0 shows all.", valueName: "count"))
  var show = 10

  @OptionGroup var options: OutputOptions

  private var chosenFormat: TokenFormat { format ?? (ids ? .ids : texts.isEmpty ? .jsonl : .table) }

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 1024") }
    try checkPlainName(output)
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
    guard format == nil || format == .ids || !ids else {
      throw ValidationError("--ids and --format contradict each other")
    }
    if chosenFormat == .u32, output == nil {
      throw ValidationError("--format u32 writes two files, FILE and FILE.offsets: name FILE with --output")
    }
    if texts.isEmpty {
      guard !chat else { throw ValidationError("--chat takes the message as TEXT") }
    } else {
      guard input.path == nil else { throw ValidationError("TEXT and --input contradict each other") }
      guard separator == nil else {
        throw ValidationError("--separator parts what is read from --input; each TEXT is one document")
      }
    }
  }

  func run() throws {
    let source = try self.texts.isEmpty ? input.open(telling: options.terminal.error) : nil
    let target = try TokenOutput(path: output, withOffsets: chosenFormat == .u32, force: options.force)
    let (tokenizer, texts) = try chat ? loadForChat() : (model.tokenizer(), texts)
    let run = TokenizeRun(
      EncodingSettings(
        tokenizer: tokenizer, separator: separator ?? .none, addSpecialTokens: special ?? !chat,
        format: chosenFormat),
      jobs: jobs)
    let report = ThroughputReport("tokenize", options, isWanted: source != nil)
    var findings = FindingList(limit: show, terminal: options.terminal.error)
    let totals: BatchTotals
    if let source {
      totals = try run.run(
        source, named: input.name, into: target,
        finding: {
          report.pause()
          findings.show($0)
        },
        progress: { report.show($0) })
    } else {
      totals = try run.run(texts: texts, into: target)
    }
    report.end(totals)
    findings.end()
    guard totals.problemCount == 0 else {
      if let output { options.terminal.error.writeError("\(output) was not written\n") }
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }

  /// The tokenizer, and the texts as conversations.
  private func loadForChat() throws -> (Tokenizer, [String]) {
    let loaded = try ModelTokenizer(folder: model.folder())
    let conversations = try texts.map {
      try loaded.render(
        messages: .items([.members(["role": .string("user"), "content": .string($0)])]), tools: nil,
        addGenerationPrompt: true)
    }
    return (loaded.tokenizer, conversations)
  }
}
