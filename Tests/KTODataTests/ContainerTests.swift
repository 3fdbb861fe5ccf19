import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct ContainerTests {
  /// The texts of a file's records as the first container that knows the file cuts them, and where it breaks.
  private func read(_ text: String) throws -> (records: [String], places: [TextPosition], breakage: Breakage?)
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "records.json")
    let input = try InputBuffer(try InputSource("\(path)"))
    let type = try #require(try recordContainers.first { try $0.recognizes(input) })
    var container = try type.init(input)
    var result: (records: [String], places: [TextPosition], breakage: Breakage?) = ([], [], nil)
    while let batch = try container.next() {
      batch.forEachText { bytes, place in
        result.records.append(String(decoding: bytes, as: UTF8.self))
        result.places.append(place)
      }
      result.breakage = batch.breakage ?? result.breakage
    }
    return result
  }

  @Test func `an array is cut into its elements`() throws {
    let result = try read(#" [ {"a":"]}\""} , [1,2], 3 ,"x,y" ] "#)
    #expect(result.records == [#"{"a":"]}\""}"#, "[1,2]", "3", #""x,y""#])
    #expect(result.places.map(\.byteOffset) == [3, 18, 25, 28])
    #expect(result.breakage == nil)
  }

  @Test func `lines are cut at line ends, blank ones passed over`() throws {
    let result = try read("{\"a\":1}\r\n\n  {\"b\":2}\n{broken\n{\"c\":3}")
    #expect(result.records == [#"{"a":1}"#, #"{"b":2}"#, "{broken", #"{"c":3}"#])
    #expect(result.places.map(\.byteOffset) == [0, 12, 20, 28])
    #expect(result.places.map(\.line) == [1, 3, 4, 5])
    #expect(result.places.map(\.column) == [1, 3, 1, 1])
  }

  @Test func `pretty-printed values that follow one another are cut by their brackets`() throws {
    let result = try read("{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n")
    #expect(result.records == ["{\n  \"a\": 1\n}", "{\n  \"b\": 2\n}"])
    #expect(result.places.map(\.line) == [1, 4])
  }

  @Test func `a cut-off array gives its whole records and the byte where it ends`() throws {
    let text = #"[{"a":1},{"b":"#
    let result = try read(text)
    #expect(result.records == [#"{"a":1}"#])
    #expect(result.breakage?.position.byteOffset == text.utf8.count)
    #expect(result.breakage?.recordStart?.byteOffset == 9)
  }

  @Test(arguments: ["[\"%\",\"%\"]", "\"%\"\n\"%\"\n"])
  func `records longer than one read stay whole`(shape: String) throws {
    let long = String(repeating: "x", count: 700_000)
    let text = shape.split(separator: "%", omittingEmptySubsequences: false).joined(separator: long)
    #expect(try read(text).records.map(\.utf8.count) == [700_002, 700_002])
  }

  @Test func `values that share a line, or go over some lines of many, are each read`() throws {
    #expect(try read("{\"a\":1}{\"b\":2} {\"c\":3}\n{\"d\":4}").records.count == 4)
    #expect(try read("{\"a\":1}\n{\n\"b\":2\n}\n{\"c\":3}\n").places.map(\.line) == [1, 2, 5])
  }

  @Test(arguments: ["{\"a\":\"b", "{\"a\":1,", "{\"a\":[1"])
  func `a first line that breaks off does not take the others with it`(cut: String) throws {
    #expect(try read("\(cut)\n{\"b\":2}\n{\"c\":3}\n").records == [cut, "{\"b\":2}", "{\"c\":3}"])
  }

  @Test(arguments: [
    ("%,\n%,\n%\n", "a comma ends each line", 1), ("%,\r\n%,\r\n", "a comma ends each line", 1),
    ("%\n,%\n,%\n", "a comma begins each line", 2), ("%,\n%,\n%\n]\n", "a comma ends each line", 1),
    ("[\n%\n%\n]\n", "a comma is missing between two elements", 3),
    ("[\n%,\n%,\n]\n", "a comma before the closing ]", 4),
    ("[%]\n[%]\n", "something follows the end of the array", 2),
    (
      "{\n\"a\":1\n},\n{\n\"a\":2\n},\n{\n\"a\":3\n}\n", "a comma between the records", 3
    ),
  ])
  func `a file between lines and an array is one break with its cause`(
    shape: String, cause: String, line: Int
  ) throws {
    let breakage = try #require(
      try read(shape.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "{\"a\":1}"))
        .breakage)
    #expect(breakage.message.contains(cause))
    #expect(breakage.position.line == line)
    #expect(breakage.hint != nil)
  }

  @Test func `one comma behind a line is that line's alone`() throws {
    #expect(try read("{\"a\":1},\n{\"b\":2}\n{\"c\":3}\n").records.count == 3)
  }
}
