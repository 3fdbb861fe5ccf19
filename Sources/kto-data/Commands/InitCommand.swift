internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOModels
internal import KTORun

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a configuration for your data, model and machine.",
    discussion: """
      Reads the data as validate does, measures the conversations in the model's tokens, and looks at the memory that is \
      available. Writes every key with its explanation; the values that follow from what was found say so.
      Without --model it takes the only model of the cache that can be trained.

      EXAMPLES:
        kto-data init data/raw --cache data/models --output my.yaml
      """)

  @Argument(help: "Files and folders of raw conversations.", completion: .file())
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "The model: a hub name in the Hugging Face cache, or a folder.", valueName: "org/name|dir"),
    completion: .model)
  var model: String?

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions

  @Option(help: "How the files are written; by default it is told from each file's first 64 records.")
  var format: FormatName?

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"), completion: .file())
  var output = "kto.yaml"

  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    if paths.contains("-") {
      throw ValidationError("a configuration names files, so standard input cannot be one of them")
    }
  }

  func run() throws {
    let files = try inputFiles(
      paths, output: OutputPlaces(files: [output]), home: environmentValue("HOME"))
    var target = try OutputFile(named: output, force: options.force, inputs: files.paths)
    let model = try ChosenModel(model, revision: revision, in: cache)
    var start = RunConfiguration()
    start.model.name = self.model ?? model.folder.name
    start.model.revision = revision
    start.data.inputs = paths
    start.data.format = format?.name ?? "auto"
    let survey = try survey(files, start, model)
    for finding in survey.fileFindings { options.terminal.error.show(finding) }
    guard survey.account.accepted.total > 0 else {
      let lines = survey.files.map(\.text) + survey.account.findingLines
      let words = paths.map(shellWord) + (format?.name.map { ["--format", $0] } ?? [])
      options.terminal.error.writeError(
        (lines + [
          "no example can be used, so \(output == "-" ? "nothing is" : output + " was not") written",
          "kto-data validate \(words.joined(separator: " ")) says what is wrong where",
        ]).joined(separator: "\n") + "\n")
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    let memory = Machine.memory()?.available
    let proposal = ConfigurationProposal(
      from: start, survey: survey, plan: model.plan, memory: memory, cores: Machine.usableCoreCount())
    try target.write(Array(proposal.yamlText(header: header).utf8))
    try target.commit()
    let report = Self.report(survey, model, proposal) + nextSteps(survey)
    if output == "-" { options.terminal.error.writeError(report) } else { print(report, terminator: "") }
  }

  private func survey(_ files: InputFiles, _ start: RunConfiguration, _ model: ChosenModel) throws
    -> DataSurvey
  {
    var pipeline = PipelineOptions(
      format: format?.name, label: start.data.label, checks: try start.checkContext(),
      jobs: Machine.usableCoreCount())
    pipeline.scratchFolder = environmentValue("TMPDIR") ?? "/tmp"
    pipeline.duckDB = duckDBLibrary()
    do {
      let tokenizer = try ModelTokenizer(folder: model.folder)
      guard tokenizer.templateHash != nil else { throw PrepareError.noChatTemplate }
      // As long as the model can read: what is to be measured must not be cut.
      pipeline.tokenizer = RowTokenizer(
        tokenizer: tokenizer,
        maxLength: model.plan?.maximumPositions ?? 1 << 20)
    } catch let error as PrepareError {
      throw error
    } catch {
      options.terminal.error.writeError("no lengths are measured: \(error)\n")
    }
    let progress = ReadingProgress(options.shown, files: files.paths, output: output)
    pipeline.readCounter = progress.counter
    defer { progress.end() }
    return try DataSurvey(of: files, pipeline, rows: { progress.show("init", rows: $0) })
  }

  private var header: String {
    """
    Written by kto-data init for \(paths.map { excerpt($0, limit: 200) }.joined(separator: " ")).
    kto-data config show --config FILE prints what differs from the defaults.
    """
  }

  private static func report(
    _ survey: DataSurvey, _ model: ChosenModel, _ proposal: ConfigurationProposal
  ) -> String {
    var lines = survey.files.map(\.text) + survey.account.lines
    lines.append("model: \(model.text)")
    let cores = counted(Machine.usableCoreCount(), "core")
    lines.append(
      "machine: \(cores)" + (Machine.memory().map { ", \(byteText($0.available)) of memory available" } ?? "")
    )
    lines.append("")
    for (path, text) in proposal.notes {
      let value = proposal.configuration.leaves().filter { $0.path == path || $0.path.hasPrefix(path + ".") }
      lines += value.map { "\($0.path): \($0.value.jsonText)" }
      lines.append("  " + text)
    }
    return lines.joined(separator: "\n") + "\n\n"
  }

  /// What to do now, as commands that run as they are.
  private func nextSteps(_ survey: DataSurvey) -> String {
    let errorCount = survey.account.errorCount
    let file = output == "-" ? "FILE" : shellWord(output)
    let rest = "--config \(file)" + (cache.folder.map { " --cache \(shellWord($0))" } ?? "")
    let classes = survey.account.accepted
    // Without both classes nothing that is put aside helps.
    let afterwards =
      classes.desirable == 0 || classes.undesirable == 0
      ? "kto-data explain E09" : "kto-data prepare \(rest) --quarantine quarantine"
    let commands =
      errorCount == 0
      ? ["kto-data prepare \(rest)", "kto-data train \(rest)"] : ["kto-data validate \(rest)", afterwards]
    let codes = survey.account.sortedFindings.filter { $0.count.severity == .error }
      .map { "\($0.code) \($0.count.total)" }.joined(separator: ", ")
    let state =
      errorCount == 0
      ? ""
      : "The data has \(counted(errorCount, "error")) (\(codes)): see what they are first.\n"
    return (output == "-" ? "" : "written: \(output)\n") + state + "next:\n"
      + commands.map { "  \($0)\n" }.joined()
  }
}
