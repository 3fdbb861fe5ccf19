internal import ArgumentParser
internal import KTOModels
internal import KTORun
internal import KTOTrain

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Let a model, with or without an adapter, answer a prompt.",
    discussion: """
      EXAMPLES:
        kto-data generate --model kto-data/tiny-mistral --cache data/models \\
          --prompt Hi
        kto-data generate --model kto-data/tiny-mistral --cache data/models \\
          --adapter test_outputs/final_model --prompt Hi
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "A trained adapter: a folder as train or PEFT writes it, a file of it, or a checkpoint.",
      valueName: "dir|file"),
    completion: .file())
  var adapter: String?

  @Option(help: "The user's message.")
  var prompt: String

  @Option(help: "A system message before it.")
  var system: String?

  @Option(help: "Tokens to answer with at most.")
  var maxTokens = 128

  @Option(help: "0 takes the likeliest token; higher values vary more.")
  var temperature = 0.0

  @Option(help: "Draw from the likeliest tokens that together have this probability.")
  var topP = 1.0

  @Option(help: "Decides what is drawn.")
  var seed: UInt64 = 0

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard maxTokens > 0 else { throw ValidationError("--max-tokens must be above 0") }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature must be 0 or more")
    }
    guard topP > 0, topP <= 1 else { throw ValidationError("--top-p must be above 0 and at most 1") }
  }

  func run() throws {
    let output = terminal.output
    let folder = try model.cache.resolve(model.model, revision: model.revision)
    let language = try LanguageModel(folder, adapterPath: adapter)
    for text in language.warnings { terminal.error.warn(text) }
    let result = try language.generate(
      language.promptTokens(prompt, system: system), maximumTokens: maxTokens,
      sampler: TokenSampler(temperature: temperature, topP: topP), seed: seed,
      onText: { output.write($0) })
    output.write("\n")
    if case .positionLimit = result.stopReason {
      terminal.error.writeError("the answer was cut at the model's last position\n")
    }
  }
}
