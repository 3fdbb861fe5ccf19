import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// A file that cannot be read is a finding of that file, and the others are read.
struct FileRefusalTests {
  private static let good = #"{"prompt":"q","completion":"r","label":true}"#
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder(["d/good.jsonl": Self.good]) }

  private func read(_ inputs: [String] = ["d"]) throws -> (examples: Int, findings: [String], files: [String])
  {
    let cursor = RowCursor(try inputFiles(inputs.map { folder.path($0) }))
    var findings: [String] = []
    while let event = try cursor.next() {
      if case .finding(let finding) = event { findings.append("\(finding.code) \(finding.message)") }
    }
    return (cursor.account.examples, findings, cursor.summaries.map { fileName($0.file) })
  }

  @Test func `a file of a folder that no format fits does not end the run`() throws {
    try folder.write(#"{"text":"hello"}"#, to: "d/a.json")
    let got = try read()
    #expect(got.examples == 1)
    #expect(got.findings == [#"E14 no known format fits: the first record has the key "text""#])
    #expect(got.files == ["good.jsonl"])
  }

  @Test(
    arguments: [
      ("a.zip", [0x50, 0x4B, 3, 4], "a zip archive"),
      ("a.arrow", [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], "an Arrow stream"),
    ] as [(String, [UInt8], String)])
  func `a binary file is named for what it is`(name: String, bytes: [UInt8], kind: String) throws {
    try folder.write(bytes, to: "d/" + name)
    let got = try read()
    #expect(got.examples == 1)
    #expect(got.findings.count == 1 && got.findings[0].hasPrefix("E14 this is \(kind)"))
    #expect(try read(["d/good.jsonl", "d/" + name]).findings == got.findings)
  }

  @Test func `text that is no JSON is one finding, an error only where it is named`() throws {
    try folder.write("Dear all,\n\nplease read this.\n", to: "d/notes.txt")
    #expect(try read().findings == ["W20 this is text, but neither JSON nor a table"])
    #expect(try read(["d/notes.txt"]).findings == ["E14 this is text, but neither JSON nor a table"])
  }

  @Test func `a file of blank lines is a warning in a folder and an error where it is named`() throws {
    try folder.write(" \n\n", to: "d/blank.jsonl")
    #expect(try read().findings == ["W20 the file holds no records"])
    #expect(try read(["d/blank.jsonl"]).findings == ["E00 the file holds no records"])
  }

  @Test func `UTF-16 without its mark is named`() throws {
    var text: [UInt8] = []
    for unit in Self.good.utf16 { text.append(littleEndian: unit) }
    let got = try ingest(text)
    #expect(got.codes == ["E14"] && got.findings[0].hint?.contains("UTF-16LE") == true)
  }

  @Test(arguments: [
    (#"{"data":[%,%]}"#, #"jq -c '."data"[]'"#), (#"{"train":[%],"test":[%]}"#, "jq -c '.[][]'"),
    (#"{"0":%,"1":%}"#, "jq -c '.[]'"),
  ])
  func `records that lie within the one value are told how to be taken out`(shape: String, command: String)
    throws
  {
    let got = try ingest(
      shape.split(separator: "%", omittingEmptySubsequences: false).joined(separator: Self.good))
    #expect(got.codes == ["E14"] && got.findings[0].hint?.contains(command) == true)
  }

  @Test func `JSON within a string is named`() throws {
    let got = try ingest(#""{\"prompt\":\"q\",\"completion\":\"r\"}""#)
    #expect(got.codes == ["E14"] && got.findings[0].hint?.contains("fromjson") == true)
  }

  @Test func `text and chats are refused also where a format is named`() throws {
    #expect(try ingest("Dear all,\nplease read this.", as: "trl").codes == ["E14"])
    #expect(try ingest(GroupChatTests.chats[0], as: "openai").codes == ["E15"])
  }

  @Test func `lines that try to be JSON are each located`() throws {
    let got = try ingest("{'prompt': 'a'}\n{'prompt': 'b'}\n")
    #expect(got.rejections.map { $0.location?.description } == ["data.json:1:2", "data.json:2:2"])
    #expect(got.rejections.allSatisfy { $0.message.contains("single quotes") })
  }
}
