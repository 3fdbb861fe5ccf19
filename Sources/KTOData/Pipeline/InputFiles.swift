package import KTOCore

/// The files that inputs name or lead to, in the order in which they are read, and what was found and is left out.
package struct InputFiles: Sendable, ExpressibleByArrayLiteral {
  package internal(set) var files: [InputFile] = []
  /// What was found and is not read, each cause once.
  package internal(set) var findings: [Diagnostic] = []

  /// Files that are named, not looked for.
  package init(_ paths: [String]) { files = paths.map { InputFile(path: $0, isNamed: true) } }

  package init(arrayLiteral paths: String...) { self.init(paths) }

  package var paths: [String] { files.map(\.path) }
  package var isEmpty: Bool { files.isEmpty }
}

/// One file to read.
package struct InputFile: Sendable {
  /// `-` is standard input.
  package let path: String
  /// False for what a folder or a pattern led to: its faults concern it alone.
  package let isNamed: Bool
}

/// Where a command writes, so that it does not read what it writes.
package struct OutputPlaces: Sendable {
  /// A folder of which nothing is read, unless it is itself an input.
  package var folder: String?
  /// Files that are written: never read, and refused where they are named as inputs.
  package var files: [String]
  /// Whether a file that is left out for being one of these is named among what is left out of its folder (W19).
  package var areNamed = true

  /// - Parameter areNamed: false for what is about the inputs, such as a report, of which nobody would think it is read.
  package init(files: [String] = [], areNamed: Bool = true) {
    self.files = files
    self.areNamed = areNamed
  }

  /// - Parameter names: of the files that are written in the folder.
  package init(folder: String, names: [String]) {
    self.folder = folder
    files = names.map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
  }
}

/// Finds the files that inputs name.
///
/// A file stands for itself and `-` for standard input. A folder stands for its files and those of the folders in it, in
/// the order of their paths, but for what is no data by its name. A path with wildcards that does not exist stands for
/// what it matches, and `~/` for the home folder. A file that is found twice, also by a link, is read once.
/// - Parameters:
///   - inputs: as a user names them.
///   - output: where the command writes.
///   - home: the user's home folder.
/// - Throws: `IngestError` for what does not exist or holds nothing; `FileError.isInput` where the output is an input;
///   `FileError` where an input that is named cannot be read.
package func inputFiles(
  _ inputs: [String], output: OutputPlaces = OutputPlaces(), home: String? = nil
) throws -> InputFiles {
  guard !inputs.isEmpty else { throw IngestError.noInputs }
  var search = InputSearch(output, home: home)
  for input in inputs { try search.take(input) }
  return search.result
}

/// Whether two outputs name one file, which need not exist yet, or both name standard output. A device may be both.
package func isSameOutput(_ a: String, _ b: String) -> Bool {
  if a == "-" || b == "-" { return a == b }
  if let identity = FileIdentity(a) { return identity == FileIdentity(b) && fileKind(a) == .file }
  guard let folder = FileIdentity(fileFolder(a)) else { return false }
  return fileName(a) == fileName(b) && folder == FileIdentity(fileFolder(b))
}
