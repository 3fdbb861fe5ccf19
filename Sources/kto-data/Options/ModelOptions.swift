internal import ArgumentParser
internal import KTOHub

/// `--model`, `--revision` and `--cache`.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model: a hub name in the Hugging Face cache, or a folder.", valueName: "org/name|dir"),
    completion: .model)
  var model: String

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions

  /// - Throws: `HubError`, which says where it looked.
  func folder() throws -> ModelFolder { try cache.resolve(model, revision: revision) }
}
