internal import ArgumentParser
internal import Foundation
internal import KTOHub

/// Finds models in the Hugging Face cache.
enum ModelLookup {
  /// The folder of the cache that the environment names.
  static var root: String {
    let environment = ProcessInfo.processInfo.environment
    return HubCache.defaultRoot(environment: environment, home: environment["HOME"] ?? "/root")
  }

  /// The cache that the environment names.
  static var cache: HubCache { HubCache(root: root) }

  /// A hub name, a folder with a model's files, or a cache's folder of a model (`…/models--org--name`).
  /// - Throws: `HubError`, which says where it looked.
  static func resolve(
    _ name: String, revision: String, in cache: HubCache = ModelLookup.cache
  ) throws -> ModelFolder {
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
