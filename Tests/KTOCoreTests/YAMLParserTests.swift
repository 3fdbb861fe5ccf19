import Testing

@testable import KTOCore

struct YAMLParserTests {
  private func parse(_ text: String) throws -> YAMLNode {
    try YAMLParser().parse(Array(text.utf8), file: "f.yaml")
  }

  private func failure(_ bytes: [UInt8]) -> (reason: YAMLError.Reason, place: String)? {
    do {
      _ = try YAMLParser().parse(bytes, file: "f.yaml")
      return nil
    } catch { return (error.reason, "\(error.location.line):\(error.location.column)") }
  }

  private func failure(_ text: String) -> (reason: YAMLError.Reason, place: String)? {
    failure(Array(text.utf8))
  }

  @Test(arguments: [
    ("null", YAMLNode.Value.null), ("~", .null), ("", .null), ("true", .bool(true)), ("False", .bool(false)),
    ("12", .integer(12)), ("-0", .integer(0)), ("+7", .integer(7)), ("0x1F", .integer(31)),
    ("0o17", .integer(15)),
    ("1e-5", .double(1e-5)), ("5.", .double(5)), (".5", .double(0.5)), ("-1.5E+3", .double(-1500)),
    (".inf", .double(.infinity)), ("'12'", .string("12")), ("\"true\"", .string("true")),
    ("yes", .string("yes")), ("on", .string("on")), ("50/50", .string("50/50")), ("0x", .string("0x")),
    ("0b1", .string("0b1")), ("1_000", .string("1_000")), (".", .string(".")), ("1e", .string("1e")),
    ("infinity", .string("infinity")), ("nan", .string("nan")), ("12:30:45", .string("12:30:45")),
  ])
  func `a scalar has the type of YAML 1.2's core schema`(text: String, expected: YAMLNode.Value) throws {
    #expect(try parse("k: \(text)\n")["k"]?.value == expected, "\(text)")
  }

  @Test func `every value knows its line, its column in bytes and its byte offset`() throws {
    let node = try parse("# é\nä: {x: [1, ü]}\nb: |\n  text\nc: 3\n")
    let list = try #require(node["ä"]?["x"])
    #expect(list.location == SourceLocation(file: "f.yaml", byteOffset: 13, line: 2, column: 9))
    #expect(list.items?[1].location.column == 13)
    #expect(node["c"]?.location.description == "f.yaml:5:4")
    #expect(node["b"]?.value == .string("text\n"))
  }

  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", YAMLError.Reason.duplicateKey("a"), "3:1"),
    ("a: &x 1\n", .anchor, "1:4"), ("a: *x\n", .anchor, "1:4"), ("&x a: 1\n", .anchor, "1:1"),
    ("a: !!int 3\n", .tag("tag:yaml.org,2002:int"), "1:4"), ("? [a, b]\n: 1\n", .compositeKey, "1:3"),
    ("a: 1\n---\nb: 2\n", .severalDocuments, "2:1"),
    ("a: 99999999999999999999\n", .numberOutOfRange("99999999999999999999"), "1:4"),
  ])
  func `what is YAML but not accepted is refused at its place`(
    text: String, reason: YAMLError.Reason, place: String
  ) {
    #expect(failure(text)?.reason == reason)
    #expect(failure(text)?.place == place)
  }

  @Test(arguments: [("a: [1, 2\n", "2:1"), ("a: 'x\n", "2:1"), ("a:\n\t- b\n", "2:1"), ("é: \u{1}\n", "1:5")])
  func `broken YAML is refused near where it breaks`(text: String, place: String) throws {
    let found = try #require(failure(text))
    guard case .syntax = found.reason else {
      Issue.record("\(found.reason)")
      return
    }
    #expect(found.place == place)
  }

  @Test func `invalid UTF-8 is located at its first byte`() {
    #expect(failure(Array("a: 1\nb: ".utf8) + [0xFF])?.reason == .invalidUTF8)
    #expect(failure(Array("a: 1\nb: ".utf8) + [0xFF])?.place == "2:4")
  }

  @Test func `nesting beyond the limit is refused and not followed`() {
    #expect(failure(String(repeating: "[", count: 100_000))?.reason == .tooDeep(limit: 32))
    let blocks = (0..<100).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(failure(blocks)?.reason == .tooDeep(limit: 32))
  }

  @Test func `a text that is too long is refused before it is parsed`() {
    #expect(failure([UInt8](repeating: 0x20, count: 1 << 21))?.reason == .tooLarge(limit: 1 << 20))
  }

  @Test(arguments: [
    "plain", "50/50", "-dash", "12", "true", "", "a: b", "# no", "x\ny", "quo\"te\\",
    "é\u{85}\u{2028}\u{FEFF}",
    "~", "1e5", "...", "a#b", " lead", "\u{7F}\u{0}",
  ])
  func `a string written as YAML reads back as the same string`(text: String) throws {
    #expect(try parse("k: [\(yamlScalarText(text))]\n")["k"]?.items?.first?.value == .string(text))
  }
}
