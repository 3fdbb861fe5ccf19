internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun

struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label", abstract: "Label conversations by rules of your own, and say what each rule took.",
    discussion: """
      A file of rules is a list in YAML, of which the first rule that takes an example decides, alone. The kinds are \
      \(labelRules.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")). What no rule takes has no label: it is \
      counted, and not written. docs/label-rules.md has every key of every kind; --sample prints a file to begin with.
      The same file serves ingest, validate and prepare as data.label.rules of the configuration.

      EXAMPLES:
        kto-data label --sample > rules.yaml
        kto-data label --rules rules.yaml --explain data/raw
        kto-data label --rules rules.yaml data/raw -o labelled.jsonl
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "The file of label rules; data.label.rules of the configuration by default.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var rules: String?

  @Flag(help: "Print how many examples each rule took, and the first of them with their places.")
  var explain = false

  @Flag(help: "Print a file of rules with every kind, to begin with.")
  var sample = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The file to write; - is standard output. Only with --explain it may be left out.", valueName: "file"),
    completion: .file())
  var output: String?

  @Flag(help: "Write answers that no rule takes, too, without a label.")
  var keepUnlabelled = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    if sample { return }
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to label, or a configuration with --config")
    }
    guard rules != nil || configuration.isGiven else {
      throw ValidationError(
        "name a file of label rules with --rules\n  hint: kto-data label --sample > rules.yaml writes one to begin with"
      )
    }
    guard output != nil || explain else {
      throw ValidationError("name the file to write with --output, or ask what rules take with --explain")
    }
  }

  func run() throws {
    if sample { return print(sampleLabelRules, terminator: "") }
    var data = try configuration.isGiven ? configuration.loadWithoutModel().data : DataConfiguration()
    if let rules {
      // What the file says stands in place of the configuration's other keys.
      data.label = LabelConfiguration()
      data.label.rules = rules
    }
    let pipeline = try reading.pipeline(data)
    guard let file = pipeline.labelRules else {
      throw ValidationError("the configuration names no file of label rules in data.label.rules; use --rules")
    }
    var places = OutputPlaces(files: [file.path], areNamed: false)
    if let output { places = OutputPlaces(files: [output, file.path]) }
    let files = try inputFiles(
      paths.isEmpty ? data.inputs : paths, output: places, home: environmentValue("HOME"))
    var explanation = LabelExplanation(file)
    try ExampleWriting(
      files: files, pipeline: pipeline, meanings: reading.meanings(data), output: output,
      keepsUnlabelled: keepUnlabelled, shownFindings: findingOptions.show, options: options, name: "label"
    ).run(
      look: { if explain { explanation.add($0) } }, report: { explain ? explanation.lines : [] })
  }
}
