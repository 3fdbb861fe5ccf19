import KTOTestSupport
import Testing

@testable import KTOCore

struct JSONRecordReaderTests {
  /// The records' texts, and the break at the end where there is one.
  private func read(_ text: String) throws -> (records: [String], offsets: [Int], broken: JSONSyntaxError?) {
    let folder = try TemporaryFolder()
    var reader = try JSONRecordReader(path: folder.write(text, to: "records.json"))
    var result: (records: [String], offsets: [Int], broken: JSONSyntaxError?) = ([], [], nil)
    while let item = try reader.next() {
      switch item {
      case .record(let record):
        result.records.append(String(decoding: record.bytes, as: UTF8.self))
        result.offsets.append(record.byteOffset)
      case .broken(let error, _): result.broken = error
      }
    }
    return result
  }

  @Test func `an array is cut into its elements`() throws {
    let result = try read(#" [ {"a":"]}\""} , [1,2], 3 ,"x,y" ] "#)
    #expect(result.records == [#"{"a":"]}\""}"#, "[1,2]", "3", #""x,y""#])
    #expect(result.offsets == [3, 18, 25, 28])
    #expect(result.broken == nil)
  }

  @Test func `lines are cut at line ends, blank ones skipped`() throws {
    let result = try read("{\"a\":1}\r\n\n  {\"b\":2}\n{broken\n{\"c\":3}")
    #expect(result.records == [#"{"a":1}"#, #"{"b":2}"#, "{broken", #"{"c":3}"#])
    #expect(result.offsets == [0, 12, 20, 28])
  }

  @Test func `pretty-printed values that follow one another are cut by their brackets`() throws {
    let result = try read("{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n")
    #expect(result.records == ["{\n  \"a\": 1\n}", "{\n  \"b\": 2\n}"])
  }

  @Test func `a truncated array reports its whole records and the byte where it ends`() throws {
    let text = #"[{"a":1},{"b":"#
    let result = try read(text)
    #expect(result.records == [#"{"a":1}"#])
    #expect(result.broken == JSONSyntaxError(reason: .truncated, offset: text.utf8.count))
  }

  @Test func `an empty file has no records`() throws {
    let result = try read("")
    #expect(result.records.isEmpty && result.broken == nil)
  }

  @Test func `records longer than one read stay whole`() throws {
    let long = String(repeating: "x", count: 700_000)
    let result = try read("[\"\(long)\",\"\(long)\"]")
    #expect(result.records.map(\.utf8.count) == [700_002, 700_002])
  }
}
