internal import ArgumentParser
internal import Foundation
internal import KTOData
internal import KTORun
internal import KTOTrain

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show what an adapter changed: both answers side by side.",
    discussion: """
      For each prompt it prints the greedy answer of the model and of the model with the adapter, and by how many \
      nats the adapter raised each answer's log-probability.

      EXAMPLES:
        kto-data compare --config config/config_test_kto.yaml
        kto-data compare --config config/config_test_kto.yaml --prompt "Hi"
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions

  @Option(
    help: ArgumentHelp(
      "The model over the configuration's: a hub name in the Hugging Face cache, or a folder.",
      valueName: "org/name|dir"),
    completion: .model)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The adapter over the configuration's output.final_model: a folder as train or PEFT writes it, a file of it, or a checkpoint.",
      valueName: "dir|file"),
    completion: .file())
  var adapter: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A prompt; repeatable.", discussion: "Without any, three that suit most models."))
  var prompt: [String] = []

  @Option(help: "Tokens to answer with at most.")
  var maxTokens = 64

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard maxTokens > 0 else { throw ValidationError("--max-tokens must be above 0") }
  }

  func run() throws {
    let output = terminal.output
    let loaded = try configuration.load(modelName: model)
    let folder = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
    let language = try LanguageModel(
      folder, adapterPath: adapter ?? loaded.output.finalModel, threadCount: loaded.training.threads)
    for text in language.warnings { terminal.error.warn(text) }
    let prompts = prompt.isEmpty ? Self.samples : prompt
    for text in prompts {
      let comparison = try language.compare(text, maximumTokens: maxTokens)
      output.write(output.paint("prompt  ", .bold) + comparison.prompt + "\n")
      show("base    ", comparison.base, on: output)
      if comparison.adapted.text == comparison.base.text {
        output.write(output.paint("adapter ", .cyan) + "the same answer\n")
      } else {
        show("adapter ", comparison.adapted, on: output)
      }
      output.write("\n")
    }
  }

  private func show(_ name: String, _ answer: Comparison.Answer, on output: Terminal) {
    let text = answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
      .replacingOccurrences(of: "\n", with: "\n        ")
    output.write(output.paint(name, .cyan) + text + "\n")
    let numbers = String(
      format: "        log p: base %.2f, adapter %.2f, difference %+.4f nats over %d tokens", answer.base,
      answer.adapted, answer.difference, answer.tokenCount)
    output.write(output.paint(numbers, .dim) + "\n")
  }

  private static let samples = [
    "Why is the sky blue?", "How do I undo my last git commit?",
    "Write a short thank-you note to a colleague.",
  ]
}
