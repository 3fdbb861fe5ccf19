internal import Glibc

/// Where a command's bytes go: a file that appears whole or not at all, or standard output at once.
package struct OutputFile: ~Copyable {
  /// Nil for standard output.
  private var file: AtomicFile?

  /// - Parameters:
  ///   - path: nil for standard output.
  ///   - force: whether a file that exists may be replaced.
  /// - Throws: `FileError.exists`, `.cannotWrite`.
  package init(path: String?, force: Bool) throws {
    file = nil
    if let path { file = try AtomicFile(path: path, force: force) }
  }

  /// - Parameters:
  ///   - path: as a user names it: `-` for standard output.
  ///   - force: whether a file that exists may be replaced.
  ///   - inputs: what is read meanwhile, as a user names it, none of which may be written to.
  /// - Throws: `FileError.isInput`, `.exists`, `.cannotWrite`.
  package init(named path: String, force: Bool, inputs: [String] = []) throws {
    for input in inputs where isSameFile(input, path) {
      throw FileError.isInput(path: path == "-" ? "standard output" : path)
    }
    try self.init(path: path == "-" ? nil : path, force: force)
  }

  package mutating func write(_ bytes: [UInt8]) throws {
    if file != nil {
      try file?.write(bytes)
    } else {
      try writeAll(bytes, to: STDOUT_FILENO, path: "standard output")
    }
  }

  /// Gives a file its name. Call once, last.
  package mutating func commit() throws { try file?.commit() }
}
