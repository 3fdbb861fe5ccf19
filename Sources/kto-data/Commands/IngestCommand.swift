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

      EXAMPLES:
        kto-data ingest data/raw -o examples.jsonl
        kto-data ingest data/raw/Posts.xml -o - | head -n 1
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Write answers that nothing labels, too.")
  var keepUnlabelled = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to read, or a configuration with --config")
    }
  }

  func run() throws {
    let data = try configuration.isGiven ? configuration.loadWithoutModel().data : DataConfiguration()
    let files = try inputFiles(
      paths.isEmpty ? data.inputs : paths, output: OutputPlaces(files: [output]),
      home: environmentValue("HOME"))
    try ExampleWriting(
      files: files, pipeline: try reading.pipeline(data), meanings: reading.meanings(data), output: output,
      keepsUnlabelled: keepUnlabelled, shownFindings: findingOptions.show, options: options, name: "ingest"
    ).run()
  }
}
