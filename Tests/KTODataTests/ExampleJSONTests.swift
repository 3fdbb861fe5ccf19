import KTOCore
import Testing

@testable import KTOData

@Suite struct ExampleJSONTests {
  private let example = Example(
    id: "a.jsonl:3", prompt: [Message(role: "user", content: "Täglich?\n\"Ja\"")],
    completion: [Message(role: "assistant", content: "", extra: #"{"tool_calls":[{"id":"c1"}]}"#)],
    label: false, group: "g", weight: 0.5, tools: .items([.members(["type": .string("function")])]),
    source: Source(file: "a.jsonl", line: 3, byteOffset: 120, pointer: "/rejected"))

  private func parse(_ text: String) throws -> Example {
    var parser = JSONParser()
    return try Example(json: try parser.parse(text.utf8))
  }

  @Test func `an example comes back equal from its own JSON`() throws {
    let back = try parse(String(decoding: example.jsonLine(), as: UTF8.self))
    #expect(back.jsonLine() == example.jsonLine())
    #expect(back.completion == example.completion)
    #expect(back.source == example.source)
    #expect(back.weight == 0.5)
  }

  @Test func `members come in one order, whatever the order they were read in`() throws {
    let text = #"""
      {"source":{"pointer":"","file":"f","byteOffset":0,"line":1},"group":"g","label":true,
       "completion":[{"content":"b","role":"assistant"}],"prompt":[{"content":"a","role":"user"}],"id":"1"}
      """#
    #expect(
      try parse(text).json().jsonText == #"""
        {"id":"1","prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}],\#
        "label":true,"group":"g","source":{"file":"f","line":1,"byteOffset":0,"pointer":""}}
        """#)
  }

  @Test func `an unlabelled example keeps the evidence for its label`() throws {
    var unlabelled = example
    unlabelled.label = nil
    unlabelled.signal = .score(-2, isAccepted: false)
    let back = try parse(String(decoding: unlabelled.jsonLine(), as: UTF8.self))
    #expect(back.label == nil)
    #expect(back.signal == unlabelled.signal)
  }

  @Test func `a label that is no bool is an error that names its byte`() throws {
    let good = String(decoding: example.jsonLine(), as: UTF8.self)
    let bad = good.replacing("\"label\":false", with: "\"label\":-1")
    let error = #expect(throws: ExampleError.self) { try parse(bad) }
    #expect(error?.reason == .wrongType(expected: "true or false", found: "integer"))
    #expect(error?.pointer == "/label")
    let offset = try #require(error?.offset)
    #expect(Array(bad.utf8)[offset] == UInt8(ascii: "-"))
  }

  @Test func `a key that no example has is an error`() throws {
    let bad = String(decoding: example.jsonLine(), as: UTF8.self).replacing("\"group\"", with: "\"gruop\"")
    let error = #expect(throws: ExampleError.self) { try parse(bad) }
    #expect(error?.reason == .missing(key: "group"))
    let extra = String(decoding: example.jsonLine(), as: UTF8.self).replacing(
      "{\"id\"", with: "{\"x/y\":1,\"id\"")
    let unknown = #expect(throws: ExampleError.self) { try parse(extra) }
    #expect(unknown?.reason == .unknownKey("x/y"))
    #expect(unknown?.pointer == "/x~1y")
    #expect(unknown?.offset == 1)
  }

  @Test func `a reader counts offsets from the start of the file`() throws {
    let directory = try TemporaryDirectory()
    let line = example.jsonLine()
    try writeFile(directory.path + "/e.jsonl", line + Array(#"{"id":1}"#.utf8))
    var reader = try ExampleReader(path: directory.path + "/e.jsonl")
    #expect(try reader.next()?.id == example.id)
    do {
      _ = try reader.next()
      Issue.record("the second line was read")
    } catch let error as ExampleError {
      #expect(error.offset == line.count + 6)
      #expect(error.pointer == "/id")
    }
  }
}
