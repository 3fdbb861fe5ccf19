internal import Glibc
internal import KTOCore

/// The files that inputs name: a file stands for itself, a folder for its files in the order of their names.
///
/// Folders are not entered further, and names that begin with a dot are left out.
/// - Throws: `FileError` where an input does not exist or a folder cannot be read.
package func inputFiles(_ inputs: [String]) throws -> [String] {
  var files: [String] = []
  for input in inputs {
    var status = stat()
    guard unsafe stat(input, &status) == 0 else {
      throw FileError.cannotOpen(path: input, reason: errorText(errno))
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      files += try regularFiles(in: input)
    } else {
      files.append(input)
    }
  }
  return files
}

private func regularFiles(in folder: String) throws -> [String] {
  guard let stream = unsafe opendir(folder) else {
    throw FileError.cannotOpen(path: folder, reason: errorText(errno))
  }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  let base = folder.hasSuffix("/") ? folder : folder + "/"
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { base + $0 }.filter { path in
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
