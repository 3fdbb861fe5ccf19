package import KTOCore

extension ModelFile {
  /// Compares a blob's content with its name: SHA-256 for what lies in the hub's large file storage, git's blob hash
  /// for the rest. Nil where they agree, or where the file is no blob named so.
  /// - Throws: `FileError`.
  package func blobMismatch() throws -> Diagnostic? {
    guard let path, let (expected, folder) = Self.lastTwo(path), folder == "blobs",
      expected.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    let found: String
    switch expected.utf8.count {
    case 64: found = try SHA256.hash(fileAt: path)
    case 40: found = try gitBlobHash(fileAt: path)
    default: return nil
    }
    if found == expected { return nil }
    return Diagnostic(
      .modelBlobChanged, at: .whole(name),
      message: "the content's hash is \(found), but its blob is named \(expected)",
      hint: "remove \(path) and download the model again")
  }

  private static func lastTwo(_ path: String) -> (name: String, folder: String)? {
    let parts = path.split(separator: "/")
    guard parts.count >= 2 else { return nil }
    return (String(parts[parts.count - 1]), String(parts[parts.count - 2]))
  }
}
