internal import KTOCore

/// What a tokenizer.json says of itself, whether or not this build can run it.
package struct TokenizerSummary: Sendable, Equatable {
  /// The model's type, such as `BPE`; empty where the file names none.
  package var model = ""
  package var vocabularySize = 0
  package var mergeCount = 0
  package var addedTokenCount = 0
  package var specialTokenCount = 0
  /// The types of each stage's parts, in their order.
  package var normalizers: [String] = []
  package var preTokenizers: [String] = []
  package var postProcessors: [String] = []
  package var decoders: [String] = []

  /// - Throws: `HubError`, `FileError`.
  package init?(folder: ModelFolder) throws {
    guard let root = try folder.json("tokenizer.json", limit: 1 << 28) else {
      return nil
    }
    let model = root["model"]
    self.model = model?["type"]?.string ?? (model?["merges"] == nil ? "" : "BPE")
    vocabularySize = model?["vocab"]?.object?.members.count ?? model?["vocab"]?.array?.count ?? 0
    mergeCount = model?["merges"]?.array?.count ?? 0
    let added = root["added_tokens"]?.array ?? []
    addedTokenCount = added.count
    specialTokenCount = added.count { $0["special"]?.bool == true }
    normalizers = Self.types(root["normalizer"])
    preTokenizers = Self.types(root["pre_tokenizer"])
    postProcessors = Self.types(root["post_processor"])
    decoders = Self.types(root["decoder"])
  }

  /// The types of a stage, with those of a sequence in its place. The parser bounds the depth.
  private static func types(_ stage: JSONNode?) -> [String] {
    guard let stage, let type = stage["type"]?.string else { return [] }
    guard type == "Sequence" else { return [excerpt(type)] }
    let parts = ["normalizers", "pretokenizers", "processors", "decoders"].compactMap { stage[$0]?.array }
    return parts.joined().flatMap(types)
  }
}
