internal import ArgumentParser
internal import KTOHub
internal import KTOTokenizer

/// `--model`, `--revision` and `--cache`, where a tokenizer is all that is needed of a model.
struct TokenizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model: a hub name in the Hugging Face cache, a folder, or a tokenizer file.",
      valueName: "org/name|dir|file"),
    completion: .model)
  var model: String

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions

  func tokenizer() throws -> Tokenizer { try Tokenizer(model: model, revision: revision, in: cache.hub) }

  /// The model's folder, for what a tokenizer file does not have.
  func folder() throws -> ModelFolder { try cache.resolve(model, revision: revision) }
}
