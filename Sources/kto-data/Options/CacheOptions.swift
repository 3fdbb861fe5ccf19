internal import ArgumentParser
internal import Foundation
internal import KTOData
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

  /// What makes rows of conversations for a configuration's model; nil where it names none.
  /// - Throws: `HubError`, and what reading its tokenizer throws.
  func rowTokenizer(for model: ModelSelection) throws -> RowTokenizer? {
    guard !model.name.isEmpty else { return nil }
    let tokenizer = try ModelTokenizer(folder: resolve(model.name, revision: model.revision))
    return RowTokenizer(tokenizer: tokenizer, maxLength: model.maxSequenceLength)
  }
}
