internal import Glibc
internal import KTOCore

/// The folder prepare writes to: new, empty, or with what an earlier run left, which `force` removes.
struct OutputFolder {
  let path: String

  /// - Throws: `PrepareError.outputExists` for a folder with files in it, unless `force`; `FileError`.
  init(path: String, force: Bool) throws {
    self.path = path
    let names = fileNames(in: path)
    if !names.isEmpty, !force { throw PrepareError.outputExists(path: path) }
    try makeDirectory(path)
    guard !names.isEmpty else { return }
    // The manifest first: a run that is killed from here on leaves nothing that looks finished. Only names
    // that prepare itself writes are removed, whatever else lies there.
    remove(path + "/" + Manifest.fileName)
    for split in SplitRatios.names { clear(split) }
  }

  /// Removes a split's index and shards.
  func clear(_ split: String) {
    let folder = path + "/" + split
    remove(folder + "/index.json")
    for name in fileNames(in: folder) where isShardName(name) { remove(folder + "/" + name) }
    _ = unsafe rmdir(folder)
  }

  private func isShardName(_ name: String) -> Bool {
    let digits = name.dropFirst("shard.".count).dropLast(".mds".count)
    return name.hasPrefix("shard.") && name.hasSuffix(".mds") && digits.utf8.count >= 5
      && digits.utf8.allSatisfy { (48...57).contains($0) }
  }

  private func remove(_ path: String) { _ = unsafe unlink(path) }
}

/// The names in a folder, sorted by their bytes; empty for what is no folder.
func fileNames(in path: String) -> [String] {
  guard let stream = unsafe opendir(path) else { return [] }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
