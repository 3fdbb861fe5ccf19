import Foundation
import KTOTestSupport
import Testing

/// What the program says about its own lists.
struct CatalogueCommandTests {
  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try CommandLineTool.run(arguments)
  }

  private func lines(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
  }

  @Test func `the page of findings in the repository is the one the program prints`() throws {
    let page = CommandLineTool.package.appending(path: "docs/findings.md")
    #expect(
      try run("explain", "--markdown").output == String(decoding: try Data(contentsOf: page), as: UTF8.self),
      "scripts/write_generated_files.sh writes it")
  }

  @Test func `every code is listed once, and explained`() throws {
    let codes = lines(try run("explain").output).compactMap(\.first)
    #expect(codes.count > 50)
    #expect(Set(codes).count == codes.count)
    for code in ["E07", "C01", "H01", "R01", "T01", "V02", "W01"] {
      #expect(codes.contains { $0 == code })
      let text = try run("explain", code.lowercased()).output
      #expect(text.hasPrefix("\(code) "))
      #expect(text.contains("For example:") && text.contains("What to do: "))
    }
  }

  @Test func `a code that there is not is refused, with the nearest`() throws {
    let result = try run("explain", "E77")
    #expect(result.exitCode == 64)
    #expect(result.error.contains("did you mean E07?"))
    #expect(try run("validate", "data", "--allow", "E77").exitCode == 64)
  }

  @Test func `every format is in the list, in the help of commands and in the configuration's schema`() throws
  {
    let names = lines(try run("formats").output).compactMap { $0.first.map(String.init) }
    #expect(names.count >= 7)
    let schema = CommandLineTool.package.appending(path: "schemas/config.schema.json")
    let schemaText = String(decoding: try Data(contentsOf: schema), as: UTF8.self)
    for command in ["validate", "ingest", "label", "split", "prepare"] {
      let help = try run(command, "--help").output
      for name in names { #expect(help.contains(name), "\(command) --help lacks \(name)") }
    }
    for name in names {
      #expect(schemaText.contains("\"\(name)\""), "scripts/write_generated_files.sh writes it")
      #expect(try run("formats", name).output.hasPrefix("\(name): "))
    }
  }

  @Test(arguments: ["split", "export"]) func `every export is in the help`(command: String) throws {
    let help = try run(command, "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // The parser's message names all of them, one a line behind a hyphen.
    let names = try run(command, "x", "-o", "y", "--to", "?").error.split(separator: "\n")
      .filter { $0.hasPrefix("  - ") }.map { $0.dropFirst(4) }
    #expect(names.count > 5)
    for name in names { #expect(help.contains("\(name) is "), "\(name)") }
  }
}
