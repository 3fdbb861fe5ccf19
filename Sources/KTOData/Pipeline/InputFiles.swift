internal import KTOCore

/// The files that inputs name: a file stands for itself, a folder for its files in the order of their names, `-` for
/// standard input.
///
/// Folders are not entered further, and names that begin with a dot are left out.
/// - Throws: `FileError` where an input does not exist or a folder cannot be read.
package func inputFiles(_ inputs: [String]) throws -> [String] {
  var files: [String] = []
  for input in inputs {
    guard input != "-", fileKind(input) == .folder else {
      files.append(input)
      continue
    }
    let base = input.hasSuffix("/") ? input : input + "/"
    files += try folderEntries(input).filter { $0.kind == .file && !$0.name.hasPrefix(".") }
      .map { base + $0.name }
  }
  return files
}
