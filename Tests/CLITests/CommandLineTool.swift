import Foundation
import KTOTestSupport
import Testing

/// The built binary, run as a user runs it.
struct CommandLineTool {
  struct Result {
    var exitCode: Int32
    var output: String
    var error: String
  }

  /// Runs `kto-data` with arguments, in a folder, with what is added to the environment and what it reads.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], input: Data = Data()
  ) throws -> Result {
    try run(try executable(), arguments, in: folder, environment: environment, input: input)
  }

  /// Runs a line of bash, in which `$0` is the program.
  static func run(shell line: String, in folder: URL) throws -> Result {
    try run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", line, try executable().path], in: folder, environment: [:],
      input: Data())
  }

  private static func run(
    _ program: URL, _ arguments: [String], in folder: URL?, environment: [String: String], input: Data
  ) throws -> Result {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files rather than pipes: nothing has to be drained while it runs.
    let scratch = try TemporaryFolder()
    let outputURL = scratch.url.appendingPathComponent("output")
    let errorURL = scratch.url.appendingPathComponent("error")
    let inputURL = scratch.url.appendingPathComponent("input")
    for url in [outputURL, errorURL] { try Data().write(to: url) }
    try input.write(to: inputURL)
    process.standardOutput = try FileHandle(forWritingTo: outputURL)
    process.standardError = try FileHandle(forWritingTo: errorURL)
    process.standardInput = try FileHandle(forReadingFrom: inputURL)
    try process.run()
    process.waitUntilExit()
    return Result(
      exitCode: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: outputURL), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: errorURL), as: UTF8.self))
  }

  /// `KTO_DATA_BINARY`, or the binary beside this test program.
  private static func executable() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["KTO_DATA_BINARY"] { return URL(fileURLWithPath: path) }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let url = program.deletingLastPathComponent().appendingPathComponent("kto-data")
    try #require(FileManager.default.isExecutableFile(atPath: url.path), "no kto-data beside \(program.path)")
    return url
  }

  /// The package's folder.
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
