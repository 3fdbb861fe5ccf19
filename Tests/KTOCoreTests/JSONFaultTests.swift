import Testing

@testable import KTOCore

struct JSONFaultTests {
  /// A text with the place of its fault before `¦`, which is not part of it.
  static let faults: [(text: String, words: String, hint: String?)] = [
    (#"{¦"a":NaN}"#, "NaN is no JSON number", "write null"),
    (#"{"a":[1,¦-Infinity]}"#, "-Infinity is no JSON number", "write null"),
    (#"{"a":¦True}"#, "Python's", "write true"),
    (#"{"a":¦None}"#, "Python's", "write null"),
    (#"{"a":¦undefined}"#, "JavaScript's", "write null"),
    (#"{¦'a':1}"#, "single quotes", nil),
    (#"{"a":¦'b'}"#, "single quotes", nil),
    (#"{"a":1,¦}"#, "a comma before the closing }", nil),
    (#"[1, 2, ¦]"#, "a comma before the closing ]", nil),
    (#"{"a":1 ¦// b"#, "a comment", "take it out"),
    (#"{¦/* b */"a":1}"#, "a comment", "take it out"),
    (#"{¦a:1}"#, "a key without quotation marks: a", #"write "a""#),
    (#"{"a":¦“b”}"#, "typographic quotation marks", nil),
    (#"{"a":¦01}"#, "01 is no JSON number", nil),
    (#"{"a":¦+1}"#, "+1 is no JSON number", nil),
    (#"{"a":¦.5}"#, ".5 is no JSON number", nil),
    (#"{"a":¦1_000}"#, "1_000 is no JSON number", nil),
    (#"{"a":"b¦\x"}"#, #"\x in a string"#, nil),
    ("{\"a\":\"b¦\tc\"}", "a tab within a string", #"write it as \t"#),
    ("{\"a\":\"b¦\nc\"}", "a line break within a string", #"write it as \n"#),
    (#"{"a":1 ¦"b":2}"#, "a comma is missing", nil),
    (#"{"a"¦=1}"#, "a colon is missing", nil),
    (#"{"a":¦,"b":2}"#, "a comma with no value before it", nil),
    (#"{"a":1}¦,"#, "a comma follows the record", nil),
    (#"{"a":1}¦}"#, "} closes a bracket that was never opened", nil),
    (#"{"a":1¦]"#, "] closes what another bracket opened", nil),
    (#"{"a":1}¦{"b":2}"#, "a second value follows on the same line", nil),
    ("¦\0\0", "a NUL byte", nil), ("¦\u{FEFF}{}", "a byte order mark", nil),
    ("¦---", "--- where a value is expected", nil), (#"{"a":1}¦\n{"b":2}"#, "written as \\n", nil),
    ("¦hello", "the word hello is no JSON value", nil),
  ]

  @Test(arguments: faults.indices) func `a fault is named at its place`(index: Int) throws {
    let expected = Self.faults[index]
    let parts = expected.text.split(separator: "¦", omittingEmptySubsequences: false)
    let fault = try #require(JSONFault(in: parts.joined().utf8))
    #expect(fault.offset == parts[0].utf8.count)
    #expect(fault.message.contains(expected.words), "\(fault.message)")
    if let hint = expected.hint { #expect(fault.hint == hint) }
    var parser = JSONParser()
    #expect(throws: JSONSyntaxError.self) { try parser.parse(parts.joined().utf8) }
  }

  @Test(arguments: [#"{"a":[1,-0.5e+3,{}],"b":"\u00e4\n","c":[],"d":null}"#, "true", #" "x" "#, "[[[]]]"])
  func `JSON has no fault`(text: String) {
    #expect(JSONFault(in: text.utf8) == nil)
  }

  @Test(arguments: [#"{"a":"#, #"{"a":"b"#, "[1,", ""]) func `a text that only ends early has no other cause`(
    text: String
  ) {
    #expect(JSONFault(in: text.utf8) == nil)
  }
}
