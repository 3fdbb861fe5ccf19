internal import ArgumentParser
internal import KTOHub

/// `--cache`.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp(
      "The Hugging Face cache; HF_HUB_CACHE, HF_HOME or ~/.cache/huggingface/hub when left out.",
      valueName: "dir"))
  var directory: String?

  var root: String { directory ?? ModelLookup.root }

  var hub: HubCache { HubCache(root: root) }

  /// The folder of a model, by hub name or path.
  func resolve(_ name: String, revision: String) throws -> ModelFolder {
    try ModelLookup.resolve(name, revision: revision, in: hub)
  }
}
