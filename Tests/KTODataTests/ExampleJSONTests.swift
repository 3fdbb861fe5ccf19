import KTOCore
import Testing

@testable import KTOData

@Suite struct ExampleJSONTests {
  private let example = Example(
    id: "a.jsonl:3", prompt: [Message(role: "user", content: "Täglich?\n\"Ja\"")],
    completion: [Message(role: "assistant", content: "", extra: #"{"tool_calls":[{"id":"c1"}]}"#)],
    label: false, group: "g", weight: 0.5, tools: .items([.members(["type": .string("function")])]),
    source: Source(file: "a.jsonl", line: 3, column: 9, byteOffset: 120, pointer: "/rejected"))

  private func line(_ example: Example) -> String {
    String(decoding: example.jsonLine(), as: UTF8.self)
  }

  @Test func `an example comes back equal from its own JSON`() throws {
    let got = try ingest(line(example))
    #expect(got.codes.isEmpty)
    #expect(got.summary.format == "examples")
    #expect(got.summary.ignoredFields.isEmpty)
    let back = try #require(got.examples.first)
    #expect(back.jsonLine() == example.jsonLine())
    #expect(back.completion == example.completion)
    #expect(back.source == example.source)
    #expect(back.weight == 0.5)
  }

  @Test func `members come in one order, whatever the order they were read in`() throws {
    let text = #"""
      {"source":{"pointer":"","file":"f","byteOffset":0,"line":1},"group":"g","label":true,\#
      "completion":[{"content":"b","role":"assistant"}],"prompt":[{"content":"a","role":"user"}],"id":"1"}
      """#
    let back = try #require(try ingest(text).examples.first)
    #expect(
      line(back) == #"""
        {"id":"1","prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}],\#
        "label":true,"group":"g","source":{"file":"f","line":1,"column":1,"byteOffset":0,"pointer":""}}

        """#)
  }

  @Test func `an unlabelled example keeps the evidence for its label`() throws {
    var unlabelled = example
    unlabelled.label = nil
    unlabelled.signals = [.score(1, isAccepted: false), .tie]
    let back = try #require(try ingest(line(unlabelled)).examples.first)
    #expect(back.label == nil)
    #expect(back.signals == unlabelled.signals)
  }

  @Test func `a label that is no bool is an error that names its byte`() throws {
    let bad = line(example).replacing("\"label\":false", with: "\"label\":-1")
    let error = try #require(try ingest(bad).rejections.first)
    #expect(error.code == "E01")
    #expect(error.pointer == "/label")
    let offset = try #require(error.location?.byteOffset)
    #expect(Array(bad.utf8)[offset] == UInt8(ascii: "-"))
  }

  @Test func `a key that no example has is named as not read`() throws {
    let bad = line(example).replacing("{\"id\"", with: "{\"x/y\":1,\"id\"")
    let got = try ingest(bad)
    #expect(got.summary.ignoredFields == ["x/y": 1])
    #expect(got.summary.text.hasSuffix("; not read: x/y"))
  }

  @Test func `offsets count from the start of the file`() throws {
    let first = line(example)
    let error = try #require(try ingest(first + #"{"id":1,"prompt":7}"#, as: "examples").rejections.first)
    #expect(error.location?.byteOffset == first.utf8.count + 17)
    #expect(error.pointer == "/prompt")
  }
}
