internal import KTOCore
package import KTOTokenizer

extension Tokenizer {
  /// Loads the tokenizer of a model by its hub name or folder, or a tokenizer file of any format by its path, without
  /// truncation and padding.
  ///
  /// What exists as a file, or is called like one and is no folder, is taken as one.
  /// - Throws: `HubError`, and what `init(file:)` throws.
  package init(model name: String, revision: String, in cache: HubCache) throws {
    let kind = fileKind(name)
    let isFile =
      kind == .file || kind != .folder && [".json", ".tiktoken", ".model"].contains { name.hasSuffix($0) }
    let path = try isFile ? name : cache.resolve(name, revision: revision).tokenizerFile()
    try self.init(file: path)
    truncation = nil
    padding = nil
  }
}
