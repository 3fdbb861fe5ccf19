internal import Glibc
internal import KTOCore
internal import KTOHub

/// Puts a model's files into the Hugging Face cache: contents by their hash, a snapshot of relative links, and last the
/// reference that makes the model findable.
///
/// Until `finish` nothing but a hidden staging folder exists; it is removed when the value is freed.
struct HubSnapshotWriter: ~Copyable {
  private let modelFolder: String
  private let staging: String
  private var names: [String] = []

  /// - Parameter name: `ORGANISATION/NAME`.
  /// - Throws: `ImportError.invalidModelName`; `FileError.exists` where the cache has the model and `force` is false.
  init(cache: String, name: String, force: Bool) throws {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(isNamePart) else { throw ImportError.invalidModelName(name) }
    let modelFolder = "\(cache)/models--\(parts[0])--\(parts[1])"
    if !force, unsafe access(modelFolder + "/refs/main", F_OK) == 0 {
      throw FileError.exists(path: modelFolder)
    }
    let staging = "\(modelFolder)/.import-\(getpid())"
    try makeDirectory(staging)
    self.modelFolder = modelFolder
    self.staging = staging
  }

  deinit {
    for name in names { unsafe unlink("\(staging)/\(name)") }
    unsafe rmdir(staging)
    // Goes only where a failed import made it: the folder of a model is not empty.
    unsafe rmdir(modelFolder)
  }

  /// Where the caller is to write a file of the snapshot.
  mutating func path(for name: String) -> String {
    if !names.contains(name) { names.append(name) }
    return "\(staging)/\(name)"
  }

  /// Moves the files to their places.
  /// - Returns: the commit, 40 hexadecimal digits made from names and hashes, and the snapshot's folder.
  mutating func finish() throws -> (commit: String, path: String) {
    var hashes: [(name: String, hash: String)] = []
    for name in names.sorted() { hashes.append((name, try SHA256.hash(fileAt: "\(staging)/\(name)"))) }
    let commit = contentCommit(hashes)
    for folder in ["blobs", "refs", "snapshots/\(commit)"] { try makeDirectory("\(modelFolder)/\(folder)") }
    let snapshot = "\(modelFolder)/snapshots/\(commit)"
    for (name, hash) in hashes {
      try move("\(staging)/\(name)", to: "\(modelFolder)/blobs/\(hash)")
      guard unsafe symlink("../../blobs/\(hash)", "\(staging)/\(name)") == 0 else {
        throw FileError.cannotWrite(path: "\(snapshot)/\(name)", reason: errorText(errno))
      }
      try move("\(staging)/\(name)", to: "\(snapshot)/\(name)")
    }
    try writeFile("\(modelFolder)/refs/main", Array(commit.utf8), force: true)
    return (commit, snapshot)
  }

  private func move(_ from: String, to: String) throws {
    guard unsafe rename(from, to) == 0 else {
      throw FileError.cannotWrite(path: to, reason: errorText(errno))
    }
  }
}

/// Whether a part of a model's name is one the hub allows, which also keeps it inside the cache.
private func isNamePart(_ part: Substring) -> Bool {
  let isPlain = part.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
  guard isPlain, let first = part.utf8.first, let last = part.utf8.last, part.utf8.count <= 96 else {
    return false
  }
  let edges = [UInt8(ascii: "-"), UInt8(ascii: ".")]
  return !edges.contains(first) && !edges.contains(last) && !part.contains("--") && !part.contains("..")
}
