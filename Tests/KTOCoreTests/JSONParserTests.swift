import Testing

@testable import KTOCore

struct JSONParserTests {
  private func parse(_ text: String, maxDepth: Int = 256) throws -> JSONNode {
    var parser = JSONParser(maxDepth: maxDepth)
    return try parser.parse(Array(text.utf8))
  }

  private func reason(_ bytes: [UInt8]) -> JSONSyntaxError? {
    var parser = JSONParser()
    do {
      _ = try parser.parse(bytes)
      return nil
    } catch { return error }
  }

  @Test func `every kind of value is read with the offset of its first byte`() throws {
    let node = try parse(#" {"a": [1, -2.5, "x\né", true, false, null], "b": {}}"#)
    #expect(node.offset == 1)
    let items = try #require(node["a"]?.array)
    #expect(
      items.map(\.value) == [.integer(1), .double(-2.5), .string("x\né"), .bool(true), .bool(false), .null])
    #expect(items.map(\.offset) == [8, 11, 17, 26, 32, 39])
    #expect(node["b"]?.object?.members.isEmpty == true)
  }

  @Test func `keys that are canonically equivalent but differ in bytes are two keys`() throws {
    let node = try parse("{\"e\u{301}\": 1, \"\u{e9}\": 2}")
    #expect(node["e\u{301}"]?.int == 1)
    #expect(node["\u{e9}"]?.int == 2)
  }

  @Test func `a duplicate key is an error at the second key`() {
    #expect(
      reason(Array(#"{"a":1,"b":2,"a":3}"#.utf8)) == JSONSyntaxError(reason: .duplicateKey("a"), offset: 13))
  }

  @Test func `nesting beyond the limit is refused and not followed`() {
    let deep = [UInt8](repeating: 0x5B, count: 10_000) + [UInt8](repeating: 0x5D, count: 10_000)
    #expect(reason(deep)?.reason == .tooDeep(limit: 256))
  }

  @Test func `invalid UTF-8 is located at its first byte`() {
    #expect(
      reason(Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        == JSONSyntaxError(reason: .invalidUTF8, offset: 6))
  }

  @Test(arguments: [
    ("", JSONSyntaxError.Reason.empty), (#"{"a": 1"#, .truncated), (#"{"a": "x"#, .truncated),
    (#"{"a": 1} {}"#, .trailingContent), (#"["\ud800"]"#, .invalidString), ("[01]", .invalidNumber),
    ("[1e999]", .invalidNumber), ("[nul]", .syntax), ("[1 2]", .syntax), ("{\"a\" 1}", .syntax),
    ("[tru]", .syntax),
  ])
  func `text that is not JSON is refused with its reason`(text: String, expected: JSONSyntaxError.Reason) {
    #expect(reason(Array(text.utf8))?.reason == expected, "\(text)")
  }

  @Test func `integers beyond 64 bits become doubles`() throws {
    #expect(
      try parse("[123456789012345678901234567890]").array?.first?.value == .double(1.2345678901234568e29))
  }

  @Test func `what the writer writes the parser reads back`() throws {
    let value = JSONValue.members([
      "text": .string("a\"b\\c\n\u{1}é"), "list": .items([.integer(1), .double(0.5), .null, .bool(true)]),
    ])
    #expect(try parse(value.jsonText).value.jsonText == value.jsonText)
  }
}
