import KTOCore
import KTOData
import Testing

/// Ten ways in which a file can be broken: each is a diagnostic with a code and a place, never a crash.
struct IngestBrokenFileTests {
  private let good = #"{"prompt":"q","completion":"r","label":true}"#

  private func only(_ got: IngestOutcome) throws -> Diagnostic {
    #expect((got.rejections + got.findings).count == 1)
    return try #require((got.rejections + got.findings).first)
  }

  @Test func `truncated JSON names the byte and line where it breaks`() throws {
    let text = "[\n\(good),\n{\"prompt\":\"q\",\"compl"
    let got = try ingest(text)
    let error = try only(got)
    #expect(got.examples.count == 1)
    #expect(error.code == "E00")
    #expect(error.location?.line == 3)
    #expect(error.location?.byteOffset == text.utf8.count)
    #expect(error.message.contains("1 whole record "))
  }

  @Test func `a wrong type is located at the value`() throws {
    let error = try only(try ingest(#"{"messages": "hello"}"#))
    #expect(error.code == "E11")
    #expect(error.pointer == "/messages")
    #expect(error.location?.column == 14)
  }

  @Test(arguments: ["-1", "0.5", "\"true\"", "null"])
  func `a label that is no bool is never coerced`(label: String) throws {
    let got = try ingest("\(good)\n{\"prompt\":\"q\",\"completion\":\"r\",\"label\":\(label)}")
    let error = try only(got)
    #expect(got.examples.count == 1)
    #expect(error.code == "E01")
    #expect(error.pointer == "/label")
    #expect(error.location?.description == "data.json:2:40")
  }

  @Test func `an empty completion is located`() throws {
    let error = try only(try ingest(#"{"prompt":"q","completion":" \n","label":true}"#))
    #expect(error.code == "E02")
    #expect(error.pointer == "/completion")
  }

  @Test func `a conversation nobody answers is a role error at its last turn`() throws {
    let error = try only(
      try ingest(
        #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}"#
      ))
    #expect(error.code == "E04")
    #expect(error.pointer == "/messages/2")
  }

  @Test func `a duplicate key is located at its second place`() throws {
    let error = try only(try ingest(#"{"prompt":"q","completion":"r","label":true,"label":false}"#))
    #expect(error.code == "E00")
    #expect(error.location?.column == 45)
  }

  @Test func `invalid UTF-8 is located at the byte`() throws {
    var bytes = Array("\(good)\n{\"prompt\":\"".utf8)
    bytes += [0xC3, 0x28] + Array("\",\"completion\":\"r\",\"label\":true}".utf8)
    let error = try only(try ingest(bytes))
    #expect(error.code == "E00")
    #expect(error.location?.line == 2)
    #expect(error.location?.column == 12)
  }

  @Test func `malformed XML is located`() throws {
    let error = try only(try ingest("<posts>\n  <row Id=\"1\"\n</posts>"))
    #expect(error.code == "E00")
    #expect(error.location?.line == 3)
  }

  @Test func `ten thousand levels are refused`() throws {
    let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    let error = try only(try ingest("{\"messages\":\(deep)}"))
    #expect(error.code == "E00")
    #expect(error.message.contains("deep"))
    #expect(error.location?.line == 1)
  }

  @Test func `an empty file is an error of its own`() throws {
    let error = try only(try ingest(""))
    #expect(error.code == "E00")
    #expect(error.message.contains("empty"))
  }

  @Test func `a bad record does not hide the next`() throws {
    let got = try ingest("\(good)\n{\"prompt\":\n\(good)")
    #expect(got.examples.count == 2)
    #expect(got.codes == ["E00"])
    #expect(got.summary.records == 3)
  }

  @Test func `all errors of a record are told`() throws {
    let got = try ingest(#"{"prompt":5,"completion":6,"label":7}"#, as: "trl")
    #expect(got.rejections.count == 1)
    #expect(got.findings.count == 2)
  }
}
