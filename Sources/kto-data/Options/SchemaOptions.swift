internal import ArgumentParser
internal import Glibc
internal import KTOData

/// `--schemas DIR`.
struct SchemaOptions: ParsableArguments {
  @Option(
    name: .customLong("schemas"),
    help: ArgumentHelp(
      "The folder of the schemas; found beside the program or above the current folder by default.",
      valueName: "dir"))
  var directory: String?

  /// The schemas, or nil where none were named and none found.
  func load() throws -> SchemaSet? {
    if let directory { return try SchemaSet(directory: directory) }
    let found = SchemaSet.findDirectory(
      executable: realPath("/proc/self/exe") ?? "", workingDirectory: realPath(".") ?? "")
    return try found.map { try SchemaSet(directory: $0) }
  }

  private func realPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
