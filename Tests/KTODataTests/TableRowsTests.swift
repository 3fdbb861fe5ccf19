import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct TableRowsTests {
  private func texts(_ got: IngestOutcome) -> [String] {
    got.examples.map { "\($0.prompt[0].content) > \($0.completion[0].content)" }
  }

  @Test(arguments: [",", ";", "\t"]) func `a table's separator is told from its first line`(separator: String)
    throws
  {
    let rows = ["prompt,completion,label", "q1,a,true", "q2,b,FALSE"]
    let got = try ingest(rows.joined(separator: "\n").split(separator: ",").joined(separator: separator))
    #expect(texts(got) == ["q1 > a", "q2 > b"])
    #expect(got.examples.map(\.label) == [true, false])
    #expect(got.codes == [])
  }

  @Test func `quoted cells hold separators, line breaks and quotation marks`() throws {
    let got = try ingest(
      "\u{FEFF}prompt,completion,label\r\n\"a, \"\"b\"\"\r\nc\",\"d\",true\r\nq,\"\"\"e\"\"\",false")
    #expect(texts(got) == ["a, \"b\"\r\nc > d", "q > \"e\""])
    #expect(got.examples.map(\.source.line) == [2, 4])
  }

  @Test func `a quotation mark within a cell without them is text`() throws {
    #expect(try texts(ingest("prompt,completion,label\n5\" disk,a \"b\" c,true")) == ["5\" disk > a \"b\" c"])
  }

  @Test func `blank lines and rows of empty cells hold nothing`() throws {
    let got = try ingest("prompt,completion,label\n\nq,a,true\n,,\n")
    #expect(got.examples.count == 1 && got.summary.empty == 1 && got.codes == [])
  }

  @Test func `the row numbers of pandas are a column that nothing reads`() throws {
    let got = try ingest(",prompt,completion,label\n0,q,a,true\n")
    #expect(got.examples.count == 1 && got.summary.ignoredFields == ["column 1": 1])
  }

  @Test func `scores are numbers, and lists of messages lists`() throws {
    let got = try ingest(
      "messages,label\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"q\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"a\"\"}]\",true\n"
    )
    #expect(got.summary.format == "openai")
    #expect(texts(got) == ["q > a"])
  }

  @Test func `a label that is no bool is located at its cell`() throws {
    let got = try ingest("prompt,completion,label\nq,\"a\nb\",yes\n")
    #expect(got.rejections.map(\.code) == ["E01"])
    #expect(got.rejections[0].location?.description == "data.json:3:4")
  }

  @Test func `rows with too few or too many cells are located, and the others read`() throws {
    let got = try ingest("prompt,completion,label\nq1,a\nq2,b,true,c\nq3,d,true\n")
    #expect(got.examples.count == 1)
    #expect(got.rejections.map { $0.location?.description } == ["data.json:2:5", "data.json:3:11"])
    #expect(
      got.rejections.map(\.message) == [
        "the row has 2 cells, the first line names 3", "the row has 4 cells, the first line names 3",
      ])
  }

  @Test func `a quotation mark that is never closed is located where it opens`() throws {
    let got = try ingest("prompt,completion,label\nq1,a,true\nq2,\"b,false\nq3,c,true\n")
    #expect(got.examples.count == 1)
    #expect(got.findings.map { $0.location?.description } == ["data.json:3:4"])
    #expect(got.findings[0].message.contains("never closed"))
  }

  @Test func `text behind a closing quotation mark, and bytes that are not UTF-8, are located`() throws {
    let got = try ingest(
      Array("prompt,completion,label\nq,\"a\"b,true\nq,".utf8) + [0xFF] + Array(",true\n".utf8))
    #expect(got.rejections.map { $0.location?.description } == ["data.json:2:6", "data.json:3:3"])
  }

  @Test func `a column that is named twice is located`() throws {
    let got = try ingest("prompt,prompt,label\nq,a,true\n")
    #expect(got.findings.map { $0.location?.description } == ["data.json:1:8"])
  }

  @Test func `rows longer than one read stay whole`() throws {
    let long = String(repeating: "x \"\"y\"\"\n", count: 100_000)
    let got = try ingest("prompt,completion,label\nq1,\"\(long)\",true\nq2,\"\(long)z\",false\n")
    #expect(got.examples.map { $0.completion[0].content.utf8.count } == [600_000, 600_001])
    #expect(got.codes == [])
  }

  @Test func `blanks around names, labels and numbers do not count`() throws {
    let got = try ingest("prompt, completion, label\nq, a, True \n")
    #expect(texts(got) == ["q >  a"] && got.examples.map(\.label) == [true])
  }

  @Test func `a letter is no table`() throws {
    let error = try ingest("Dear all,\n\nplease read this.\n")
    #expect(error.codes == ["E14"])
  }
}
