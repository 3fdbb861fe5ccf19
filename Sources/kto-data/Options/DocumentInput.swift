internal import ArgumentParser
internal import KTOCore

/// `--input`: a file, or standard input.
struct DocumentInput: ParsableArguments {
  @Option(
    name: [.customShort("i"), .customLong("input")],
    help: ArgumentHelp("The file to read; standard input with - or without one.", valueName: "file"),
    completion: .file())
  var path: String?

  /// The path; nil for standard input.
  var file: String? { path == "-" ? nil : path }

  /// What findings call it.
  var name: String { file ?? "standard input" }

  /// - Throws: `FileError`.
  func open(telling terminal: Terminal) throws -> FileByteSource {
    if let file { return try FileByteSource(path: file) }
    if Terminal.isInputInteractive { terminal.writeError("reading standard input; Ctrl-D ends it\n") }
    return try FileByteSource(standardInputNamed: name)
  }
}
