extension Tokenizer {
  /// Loads a tokenizer file of any form that is read, without truncation and padding.
  /// - Throws: `FileError`; `TokenizerError` where the file is malformed or asks for what is not supported.
  package init(file path: String) throws {
    try self.init(tokenizerJSON: path)
    truncation = nil
    padding = nil
  }

  /// Loads the tokenizer of a model by its hub name or folder, or a tokenizer file by its path.
  ///
  /// What exists as a file, or is called like one, is taken as one.
  /// - Throws: `HubError`, and what `init(file:)` throws.
  package init(model name: String, revision: String, in cache: HubCache) throws {
    let isFile =
      FileSystem.kind(name) == .file || [".json", ".tiktoken", ".model"].contains { name.hasSuffix($0) }
    let path = try isFile ? name : cache.resolve(name, revision: revision).required("tokenizer.json")
    try self.init(file: path)
  }
}
