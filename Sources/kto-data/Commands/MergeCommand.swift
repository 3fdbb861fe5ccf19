internal import ArgumentParser
internal import KTOModels
internal import KTORun

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put an adapter into its model's weights, for programs that know no adapters.",
    discussion: """
      Writes a folder with model.safetensors, config.json, the tokenizer and a model card, which transformers and the \
      tools that stand on it load as any model. The sum is made in float32 and rounded once.

      EXAMPLES:
        kto-data merge --adapter test_outputs/final_model --cache data/models -o merged
        kto-data merge --model data/models/models--kto-data--tiny-mistral \\
          --adapter test_outputs/final_model --type float32 -o merged-float32
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case float32, bfloat16

    var type: TensorType { self == .float32 ? .float32 : .bfloat16 }
  }

  @OptionGroup var source: AdapterOptions

  @Option(help: "The type of the weights that are written.")
  var type = Form.bfloat16

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "dir"),
    completion: .directory)
  var output: String

  @OptionGroup var options: OutputOptions

  func run() throws {
    let adapter = try source.load()
    for text in adapter.warnings { options.terminal.error.warn(text) }
    let progress = ProgressLine(options)
    let count = try adapter.merge(as: type.type, to: output, force: options.force) { done, total in
      progress.show("merge", done: done, of: total, unit: "tensors", detail: "")
    }
    progress.end()
    print("✓ \(output): the adapter is in \(count) tensors, \(type.rawValue)")
  }
}
