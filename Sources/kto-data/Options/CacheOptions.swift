internal import ArgumentParser
internal import Foundation
internal import KTOHub

/// `--cache`.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"),
    help: ArgumentHelp(
      "The Hugging Face cache; HF_HUB_CACHE, HF_HOME or ~/.cache/huggingface/hub when left out.",
      valueName: "dir"),
    completion: .directory)
  var folder: String?

  var hub: HubCache {
    folder.map { HubCache(root: $0) } ?? HubCache(environment: ProcessInfo.processInfo.environment)
  }

  var root: String { hub.root }

  /// A hub name, a folder with a model's files, or a cache's folder of a model (`…/models--org--name`).
  /// - Throws: `HubError`, which says where it looked.
  func resolve(_ name: String, revision: String) throws -> ModelFolder {
    try hub.resolve(name, revision: revision)
  }
}
