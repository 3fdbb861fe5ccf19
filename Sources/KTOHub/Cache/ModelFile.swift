internal import KTOCore

/// One file of a model's folder.
package struct ModelFile: Sendable, Equatable {
  package enum State: Sendable, Equatable {
    /// Can be read; `byteCount` of its content.
    case present(byteCount: Int)
    /// A link to a blob that is not there: its download never ended.
    case missing
    /// A link out of what the cache may hold.
    case leavesCache
  }

  /// Relative to the model's folder, with `/` between folders.
  package var name: String
  package var state: State
  /// The file without links; nil where there is none.
  package var path: String?

  package var byteCount: Int? { if case .present(let count) = state { count } else { nil } }
}

extension ModelFolder {
  /// The weights in one file, and the list of several.
  static let weights = "model.safetensors"
  static let weightIndex = "model.safetensors.index.json"

  /// The folder's files, those in folders below it included, sorted by name.
  /// - Parameter limit: at most so many; a model has tens.
  package func files(limit: Int = 10_000) -> [ModelFile] {
    var found: [ModelFile] = []
    func walk(_ folder: String, _ prefix: String, _ depth: Int) {
      for entry in FileSystem.names(in: folder) where found.count < limit {
        let name = prefix + entry
        if FileSystem.isFolder("\(folder)/\(entry)") {
          if depth < 8 { walk("\(folder)/\(entry)", name + "/", depth + 1) }
        } else {
          found.append(modelFile(name))
        }
      }
    }
    walk(path, "", 0)
    return found
  }

  private func modelFile(_ name: String) -> ModelFile {
    do {
      guard let file = try file(name), let resolved = FileSystem.resolve(file) else {
        return ModelFile(name: name, state: .missing, path: nil)
      }
      return ModelFile(
        name: name, state: .present(byteCount: (try? fileByteCount(resolved)) ?? 0), path: resolved)
    } catch {
      return ModelFile(name: name, state: .leavesCache, path: nil)
    }
  }

  /// The names of the files with the weights: `model.safetensors`, or those that its index names, each once and
  /// sorted; empty for a model without either.
  ///
  /// All lie in the folder itself. Whether they are there is not asked.
  /// - Throws: `HubError`, `FileError`.
  package func weightFiles() throws -> [String] {
    guard let index = try json(Self.weightIndex) else {
      return try file(Self.weights) == nil ? [] : [Self.weights]
    }
    let path = "\(path)/\(Self.weightIndex)"
    guard let map = index["weight_map"]?.object else {
      throw HubError.malformed(path: path, expected: "an object weight_map of tensors and their files")
    }
    var names = Set<String>()
    for member in map.members {
      guard let name = member.node.string else {
        throw HubError.malformed(path: path, expected: "the name of a file for each tensor of weight_map")
      }
      guard isInnerPath(name), !name.utf8.contains(UInt8(ascii: "/")) else {
        throw HubError.leavesCache(path: "\(self.path)/\(name)")
      }
      names.insert(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What is not here of the files that the folder itself names: links without a blob, and weights of the index.
  package func missingFiles() throws -> [String] {
    let files = files()
    let present = Set(files.filter { $0.byteCount != nil }.map(\.name))
    let absent = try weightFiles().filter { !present.contains($0) }
    return
      (files.filter { $0.byteCount == nil }.map(\.name)
      + absent.filter { name in
        !files.contains { $0.name == name }
      }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether the hub's client noted that the model has no such file at this commit.
  package func isKnownMissing(_ file: String) -> Bool {
    guard let commit, root != nil, isInnerPath(file) else { return false }
    return fileKind("\(repository)/.no_exist/\(commit)/\(file)") == .file
  }

  /// The cache's folder of the model, which holds `refs`, `blobs` and `snapshots`.
  var repository: String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
  }
}
