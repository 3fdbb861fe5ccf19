internal import ArgumentParser
internal import KTOData
internal import KTOTokenizer

/// `--cache`.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp(
      "The Hugging Face cache; HF_HUB_CACHE, HF_HOME or ~/.cache/huggingface/hub when left out.",
      valueName: "dir"))
  var directory: String?

  var root: String { directory ?? defaultCacheRoot() }

  var hub: HubCache { HubCache(root: root) }

  /// The folder of the model that a configuration names.
  func resolve(_ model: ModelSelection) throws -> ModelFolder {
    try hub.resolve(model.name, revision: model.revision)
  }
}

/// Where this process's environment puts the Hugging Face cache.
func defaultCacheRoot() -> String {
  var environment: [String: String] = [:]
  for name in ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"] {
    environment[name] = environmentValue(name)
  }
  return HubCache.defaultRoot(environment: environment, home: environmentValue("HOME") ?? "")
}
