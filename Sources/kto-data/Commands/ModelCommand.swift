internal import ArgumentParser
internal import KTOCore
internal import KTOTrain

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Bring models into the Hugging Face cache.", subcommands: [Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn a GGUF file into a model of the Hugging Face cache.",
      discussion: """
        Writes config.json, model.safetensors (bfloat16), tokenizer.json and the chat template, as transformers reads
        them. Architectures: llama, which Mistral models use too. Types: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1,
        Q4_K, Q5_K, Q6_K.
        """)

    @Argument(help: "The GGUF file.")
    var file: String

    @Option(help: ArgumentHelp("What the model is called from then on.", valueName: "org/name"))
    var name: String

    @Option(help: ArgumentHelp("The root of the Hugging Face cache.", valueName: "dir"))
    var cache: String

    @Option(
      help: ArgumentHelp(
        "The pre-tokenizer to use instead of the one the file names, such as smollm or gpt-2.",
        valueName: "name"))
    var preTokenizer: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      let importer = try ModelImporter(gguf: file, preTokenizer: preTokenizer)
      var lastPercent = -1
      let result = try importer.run(name: name, cache: cache, force: output.force) { progress in
        let percent = progress.finishedTensorCount * 100 / progress.tensorCount
        guard percent != lastPercent else { return }
        lastPercent = percent
        show(progress, percent: percent)
      }
      print(
        "✓ \(result.name): \(result.architecture), \(result.parameterCount) parameters in "
          + "\(result.tensorCount) tensors, vocabulary of \(result.vocabularySize)")
      print("  \(result.snapshotPath)")
    }

    private func show(_ progress: ModelImporter.Progress, percent: Int) {
      let terminal = output.terminal.error
      switch output.progress {
      case .json:
        let event = JSONValue.members([
          "event": .string("tensor"), "name": .string(progress.tensor),
          "done": .integer(progress.finishedTensorCount), "total": .integer(progress.tensorCount),
        ])
        terminal.writeError(event.jsonText + "\n")
      case .automatic where terminal.isInteractive:
        let isLast = progress.finishedTensorCount == progress.tensorCount
        terminal.writeError("\r\u{1B}[Kimporting \(percent) %\(isLast ? "\n" : "")")
      case .plain, .automatic:
        if percent > 0, percent % 25 == 0 { terminal.writeError("importing: \(percent) %\n") }
      }
    }
  }
}
