internal import ArgumentParser
internal import KTOCore
internal import KTOModels

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look at models of the Hugging Face cache, check them and import others.",
    discussion: """
      Architectures that can be trained, by the model_type of a model's config.json:

      \(architectureLines().joined(separator: "\n"))
      """,
    subcommands: [List.self, Show.self, Verify.self, Import.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn a GGUF file into a model of the Hugging Face cache.",
      discussion: """
        Writes config.json, model.safetensors (bfloat16), tokenizer.json and the chat template, as transformers reads \
        them. Architectures: \(GGUFForm.names.joined(separator: ", ")), as llama.cpp names them; Mistral models use \
        llama's name. Types: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K.

        EXAMPLES:
          kto-data model import smollm2-135m-instruct.gguf --name me/smollm2
        """)

    @Argument(help: "The GGUF file.", completion: .file(extensions: ["gguf"]))
    var file: String

    @Option(help: ArgumentHelp("What the model is called from then on.", valueName: "org/name"))
    var name: String

    @Option(
      help: ArgumentHelp(
        "The pre-tokenizer to use instead of the one the file names, such as smollm or gpt-2.",
        valueName: "name"))
    var preTokenizer: String?

    @OptionGroup var cache: CacheOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      let importer = try ModelImporter(gguf: file, preTokenizer: preTokenizer)
      let progress = ProgressLine(output)
      let result = try importer.run(name: name, cache: cache.root, force: output.force) { state in
        progress.show(
          "import", done: state.finishedTensorCount, of: state.tensorCount, unit: "tensors",
          detail: state.tensor)
      }
      progress.end()
      print(
        "✓ \(result.name): \(result.architecture), \(result.parameterCount) parameters in "
          + "\(result.tensorCount) tensors, vocabulary of \(result.vocabularySize)")
      print("  \(result.snapshotPath)")
    }
  }
}

/// A line an architecture: its model types and what it is.
private func architectureLines() -> [String] {
  let names = Architectures.all.map { $0.modelTypes.joined(separator: ", ") }
  let width = names.map(\.count).max() ?? 0
  return zip(names, Architectures.all).map { name, architecture in
    name + String(repeating: " ", count: width - name.count + 2) + architecture.summary
  }
}
