internal import Foundation
internal import KTOCore
internal import KTOHub
internal import KTOModels
internal import KTOTrain

/// An adapter as a user names it: a folder that `train` or PEFT wrote, one of its files, or a checkpoint.
struct AdapterSource {
  private enum Form {
    /// A folder and the name of the file in it that has the tensors.
    case folder(String, file: String)
    case checkpoint(String)
  }

  private let path: String
  private let form: Form
  private let base: AdapterBase

  /// - Throws: `AdapterError`, `CheckpointError`, `TensorFileError`, `FileError`.
  init(_ path: String) throws {
    self.path = path
    form = try Self.form(of: path)
    switch form {
    case .folder(let folder, _):
      base = try AdapterFolder.base(folder)
    case .checkpoint(let file):
      base = try CheckpointFile.base(file)
    }
  }

  private static func form(of path: String) throws -> Form {
    guard let kind = fileKind(path) else {
      throw FileError.cannotOpen(path: path, reason: "there is no such file or folder")
    }
    guard kind != .folder else {
      if !AdapterFolder.isAdapter(path), let example = checkpoint(in: path) {
        throw AdapterError.severalCheckpoints(folder: path, example: example)
      }
      return .folder(path, file: AdapterFolder.tensorFile(in: path))
    }
    let url = URL(filePath: path)
    let (folder, name) = (url.deletingLastPathComponent().relativePath, url.lastPathComponent)
    if name.hasSuffix(".npz"), try CheckpointFile.isCheckpoint(path) { return .checkpoint(path) }
    let holdsTensors = name.hasSuffix(".npz") || name.hasSuffix(".safetensors")
    guard holdsTensors || AdapterFolder.fileNames.contains(name)
    else { throw AdapterError.notAnAdapter(path: path) }
    guard AdapterFolder.isAdapter(folder) else {
      throw AdapterError.noConfiguration(path: path, missing: folder + "/adapter_config.json")
    }
    return .folder(folder, file: holdsTensors ? name : AdapterFolder.tensorFile(in: folder))
  }

  private static func checkpoint(in folder: String) -> String? {
    let best = CheckpointFile.bestPath(folder: folder)
    return fileKind(best) == .file ? best : try? CheckpointFile.latest(in: folder)
  }

  /// What it says that its model is called; nil where it says nothing.
  var baseName: String? { base.name }

  /// Whether it lies in a folder itself.
  func isIn(_ folder: String) -> Bool {
    let own =
      switch form {
      case .folder(let path, _): path
      case .checkpoint(let path): URL(filePath: path).deletingLastPathComponent().path
      }
    return resolved(own) == resolved(folder)
  }

  /// Reads the adapter.
  ///
  /// One whose tensors fit is taken whatever its base model is called: the same weights go by a hub name, a folder and
  /// the name of an import, so a name cannot say that they differ. See `warnings(for:)`.
  /// - Throws: `AdapterError.doesNotFit` where the tensors are not those of the model; `AdapterError`, `CheckpointError`,
  ///   `TensorFileError`, `FileError`.
  func adapter(for plan: ModelPlan, of model: ModelFolder) throws -> LoRAAdapter {
    func misfit(_ reason: any Error) -> AdapterError {
      .doesNotFit(path: path, base: base.name, model: model.name, reason: "\(reason)")
    }
    do {
      switch form {
      case .folder(let folder, let file): return try AdapterFolder.read(folder, file: file, for: plan)
      case .checkpoint(let file): return try CheckpointFile.adapter(file, for: plan)
      }
    } catch let error as LoRAAdapter.Failure {
      throw misfit(error)
    } catch let error as AdapterError {
      if case .unknownTensor = error { throw misfit(error) }
      throw error
    }
  }

  /// What speaks against the adapter's having been trained on this model.
  func warnings(for model: ModelFolder) -> [String] {
    let commit = base.commit ?? recordedCommit
    // A snapshot's folder may also be named as a folder; its name is the commit.
    if let commit, let own = model.commit ?? model.path.split(separator: "/").last.map(String.init),
      model.commit != nil || own == commit
    {
      guard commit != own else { return [] }
      return [
        "\(path) was trained on \(base.name ?? "a model") at commit \(commit.prefix(12))…, not on \(model.name) at"
          + " \(own.prefix(12))…"
      ]
    }
    guard let name = base.name, name != model.name, resolved(name) != resolved(model.path) else { return [] }
    return ["\(path) was trained on \(name), not on \(model.name)"]
  }

  /// The commit in the record of the adapter's run, which also knows those that no hub has.
  private var recordedCommit: String? {
    guard case .folder(let folder, _) = form else { return nil }
    return RunRecord.modelCommit(in: folder)
  }

  private func resolved(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
