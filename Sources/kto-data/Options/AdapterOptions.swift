internal import ArgumentParser
internal import KTOHub
internal import KTORun

/// `--adapter`, and `--model`, which the adapter itself may say.
struct AdapterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The adapter: a folder as train or PEFT writes it, a file of it, or a checkpoint.",
      valueName: "dir|file"),
    completion: .file())
  var adapter: String

  @Option(
    help: ArgumentHelp(
      "The model that it is for: a hub name in the Hugging Face cache, or a folder; the one that the adapter names when left out.",
      valueName: "org/name|dir"),
    completion: .model)
  var model: String?

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions

  /// - Throws: what reading either throws; `ValidationError` where nothing names the model.
  func load() throws -> AdapterFile {
    guard let name = try model ?? AdapterFile.baseModel(of: adapter) else {
      throw ValidationError("\(adapter) does not say which model it is for\n  hint: name it with --model")
    }
    return try AdapterFile(adapter, for: cache.resolve(name, revision: revision))
  }
}
