internal import Glibc
internal import KTOCore

/// The folder prepare writes to: new, empty, or with what an earlier run left, which `force` removes.
struct OutputFolder {
  let path: String

  /// - Throws: `PrepareError.outputExists` for a folder with files in it, unless `force`; `FileError`.
  init(path: String, force: Bool) throws {
    self.path = path
    if !force, fileKind(path) != nil, try !folderEntries(path).isEmpty {
      throw PrepareError.outputExists(path: path)
    }
    try makeDirectory(path)
  }

  /// Removes what an earlier run wrote, by the names that its manifest gives; whatever else lies there stays.
  ///
  /// The manifest goes first: a run that is killed from here on leaves nothing that looks finished.
  /// - Parameter parts: the parts of this run, which are removed too.
  func removeOldOutput(parts: [String]) {
    let earlier = Manifest.splitNames(inFolder: path)
    removeFile(path + "/" + Manifest.fileName)
    for split in Set(SplitRatios.standardNames + earlier + parts).sorted() {
      let folder = path + "/" + split
      removeFile(folder + "/index.json")
      for entry in (try? folderEntries(folder)) ?? [] where isShardName(entry.name) {
        removeFile(folder + "/" + entry.name)
      }
      _ = unsafe rmdir(folder)
    }
  }

  /// Removes the folder where the run left nothing in it.
  func removeIfEmpty() { _ = unsafe rmdir(path) }

  private func isShardName(_ name: String) -> Bool {
    let digits = name.dropFirst("shard.".count).dropLast(".mds".count)
    return name.hasPrefix("shard.") && name.hasSuffix(".mds") && digits.utf8.count >= 5
      && digits.utf8.allSatisfy { (48...57).contains($0) }
  }
}
