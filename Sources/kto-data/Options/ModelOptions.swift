internal import ArgumentParser
internal import Foundation
internal import KTOTokenizer

/// Finds models in the Hugging Face cache.
enum ModelLookup {
  /// The cache that the environment names.
  static var cache: HubCache {
    let environment = ProcessInfo.processInfo.environment
    return HubCache(root: HubCache.defaultRoot(environment: environment, home: environment["HOME"] ?? "/root"))
  }

  /// A hub name or a folder.
  /// - Throws: `HubError`, which says where it looked.
  static func resolve(_ name: String, revision: String) throws -> ModelFolder {
    try cache.resolve(name, revision: revision)
  }
}

/// `--model` and `--revision`.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model: a hub name in the Hugging Face cache, or a folder.", valueName: "org/name|dir"))
  var model: String

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  func folder() throws -> ModelFolder { try ModelLookup.resolve(model, revision: revision) }
}
