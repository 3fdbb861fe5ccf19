package import KTOCore
package import KTOHub
internal import KTOTemplates
internal import KTOTokenizer

/// What was found wrong with a model's files.
package struct ModelVerification: Sendable {
  package private(set) var diagnostics: [Diagnostic] = []
  package private(set) var fileCount = 0
  package private(set) var byteCount = 0

  package var isSound: Bool { !diagnostics.contains { $0.severity == .error } }

  /// Reads every file of a model: the hashes of its blobs, its configuration, weights, tokenizer and template.
  ///
  /// Damage is an error; what is whole, but not for this program, a warning.
  /// - Parameter onFile: hears each file's name before it is read.
  /// - Throws: `FileError` where a file cannot be read.
  package init(of model: ModelFolder, onFile: (String) -> Void = { _ in }) throws {
    for file in model.files() {
      onFile(file.name)
      try check(file, model)
    }
    try attempt("config.json", model) { found in
      guard let json = try model.json("config.json") else {
        return found.add(
          .modelFileMissing, "config.json", "there is none", Self.download("config.json", model))
      }
      do throws(ModelError) { _ = try ModelPlan(json: json) } catch {
        found.add(.modelNotSupported, "config.json", "cannot be trained here: \(error)")
      }
    }
    for name in ["generation_config.json", "tokenizer_config.json", "special_tokens_map.json"] {
      try attempt(name, model) { _ in _ = try model.json(name) }
    }
    try checkWeights(model)
    try checkTokenizer(model)
  }

  private mutating func check(_ file: ModelFile, _ model: ModelFolder) throws {
    fileCount += 1
    switch file.state {
    case .present(let count): byteCount += count
    case .missing:
      return add(
        .modelFileMissing, file.name, "its link leads to no blob", Self.download(file.name, model))
    case .leavesCache: return add(.modelFileOutside, file.name, "its link leads out of the cache")
    }
    if model.commit != nil, let mismatch = try file.blobMismatch() { diagnostics.append(mismatch) }
  }

  private mutating func checkWeights(_ model: ModelFolder) throws {
    let index = "model.safetensors.index.json"
    try attempt(index, model) { found in
      let files = try model.weightFiles()
      if files.isEmpty {
        return found.add(
          .weightsMissing, "model.safetensors", "there are no weights",
          Self.download("model.safetensors", model))
      }
      let missing = try files.filter { try model.file($0) == nil }
      for file in missing where !found.diagnostics.contains(where: { $0.location == .whole(file) }) {
        found.add(
          .modelFileMissing, file, "\(index) names it, but it is not there", Self.download(file, model))
      }
      guard missing.isEmpty else { return }
      do { _ = try ModelWeights(folder: model.path) } catch let error as TensorFileError {
        let name = error.path.split(separator: "/").last.map(String.init) ?? error.path
        found.add(.weightsUnreadable, name, "\(error.reason)")
      }
    }
  }

  private mutating func checkTokenizer(_ model: ModelFolder) throws {
    let name = "tokenizer.json"
    try attempt(name, model) { found in
      guard try model.file(name) != nil else {
        return found.add(.tokenizerMissing, name, "there is none", Self.download(name, model))
      }
      do { _ = try ModelTokenizer(folder: model) } catch let error as TokenizerError {
        if case .unsupported = error {
          found.add(.modelNotSupported, name, "\(error)")
        } else {
          found.add(.tokenizerUnreadable, name, "\(error)")
        }
      } catch let error as TemplateError {
        if case .unsupported = error.reason {
          found.add(.modelNotSupported, error.template, "\(error)")
        } else {
          found.add(.tokenizerUnreadable, error.template, "\(error)")
        }
      }
    }
  }

  /// Runs a check; what it throws about the file itself is a finding, unless the file has one already.
  private mutating func attempt(
    _ name: String, _ model: ModelFolder, _ check: (inout ModelVerification) throws -> Void
  ) throws {
    do {
      try check(&self)
    } catch let error as HubError {
      let file = error.file(in: model) ?? name
      guard !diagnostics.contains(where: { $0.location == .whole(file) }) else { return }
      add(.modelJSONUnreadable, file, "\(error)")
    }
  }

  private mutating func add(_ code: Code, _ file: String, _ message: String, _ hint: String? = nil) {
    diagnostics.append(Diagnostic(code, at: .whole(file), message: message, hint: hint))
  }

  /// The command that would get a file of a model of the cache.
  private static func download(_ file: String, _ model: ModelFolder) -> String? {
    model.commit.map { "hf download \(model.name) \(file) --revision \($0)" }
  }
}
