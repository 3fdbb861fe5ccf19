import KTOCore
import KTOTokenizer
import Testing

/// What Tests/Oracles/stage_goldens.py makes with `tokenizers` 0.23.3: a tokenizer for each stage and option.
private struct StageGoldens {
  struct Case: CustomTestStringConvertible {
    var name: String
    var tokenizer: [UInt8]
    var rows: [Row]
    /// Without special tokens left out, and with.
    var decoded: [[String]]
    var testDescription: String { name }
  }

  struct Row {
    var text: [UInt8]
    var ids: [UInt32]
    var offsets: [Range<Int>]
    var specialMask: [Bool]
  }

  var cases: [Case] = []
  var decodedIDs: [[UInt32]]

  init() throws {
    let directory =
      Fixtures.path("").split(separator: "/").dropLast(1).reduce("") { "\($0)/\($1)" } + "/stages/"
    var parser = JSONParser()
    let shared = try parser.parse(try readFile(directory + "shared.json"))
    let texts = try #require(shared["texts"]?.array).map { Array(try #require($0.string).utf8) }
    decodedIDs = try #require(shared["decoded"]?.array).map(Self.ids)
    var model = JSONObject()
    model.members = [
      .init("type", JSONNode(.string("BPE"))), .init("unk_token", JSONNode(.string("<unk>"))),
      .init("ignore_merges", JSONNode(.bool(true))), .init("vocab", try #require(shared["vocab"])),
      .init("merges", JSONNode(.array([]))),
    ]
    for line in try readFile(directory + "stages.jsonl").split(separator: 0x0A) {
      let node = try parser.parse(line)
      var file = JSONObject()
      file.members = try #require(node["stages"]?.object).members + [.init("model", JSONNode(.object(model)))]
      var writer = JSONWriter()
      writer.write(.object(file))
      let rows = try #require(node["rows"]?.array)
      cases.append(
        Case(
          name: try #require(node["name"]?.string), tokenizer: writer.bytes,
          rows: try zip(texts, rows).map { try Self.row($0, $1) },
          decoded: try #require(node["decoded"]?.array).map { pair in
            try #require(pair.array).map { try #require($0.string) }
          }))
    }
  }

  private static func ids(_ node: JSONNode) throws -> [UInt32] {
    try #require(node.array).map { UInt32(try #require($0.int)) }
  }

  private static func row(_ text: [UInt8], _ node: JSONNode) throws -> Row {
    let ids = try ids(try #require(node["ids"]))
    let bounds = try Self.ids(try #require(node["offsets"])).map { Int($0) }
    var mask = [Bool](repeating: false, count: ids.count)
    for index in try Self.ids(try #require(node["special"])) { mask[Int(index)] = true }
    let offsets = ids.indices.map { bounds[2 * $0]..<bounds[2 * $0 + 1] }
    return Row(text: text, ids: ids, offsets: offsets, specialMask: mask)
  }

  static let all: Result<StageGoldens, any Error> = Result { try StageGoldens() }
  static var cases: [Case] { (try? all.get().cases) ?? [] }
}

struct StageGoldenTests {
  @Test func `the goldens are there`() throws {
    #expect(try StageGoldens.all.get().cases.count > 70)
  }

  @Test(arguments: StageGoldens.cases)
  fileprivate func `offsets equal those of the reference`(_ golden: StageGoldens.Case) throws {
    let tokenizer = try Tokenizer(json: golden.tokenizer, path: golden.name)
    for row in golden.rows {
      let encoding = try tokenizer.encodeWithOffsets(bytes: row.text, addSpecialTokens: true)
      let text = String(decoding: row.text, as: UTF8.self).debugDescription
      #expect(encoding.ids == row.ids, "\(text)")
      #expect(encoding.offsets == row.offsets, "\(text)")
      #expect(encoding.specialMask == row.specialMask, "\(text)")
    }
  }

  @Test(arguments: StageGoldens.cases)
  fileprivate func `ids equal those of the reference`(_ golden: StageGoldens.Case) throws {
    let tokenizer = try Tokenizer(json: golden.tokenizer, path: golden.name)
    for row in golden.rows {
      let ids = try tokenizer.encode(bytes: row.text, addSpecialTokens: true)
      #expect(ids == row.ids, "\(String(decoding: row.text, as: UTF8.self).debugDescription)")
    }
  }

  @Test(arguments: StageGoldens.cases)
  fileprivate func `decoded text equals that of the reference`(_ golden: StageGoldens.Case) throws {
    let tokenizer = try Tokenizer(json: golden.tokenizer, path: golden.name)
    for (ids, expected) in zip(try StageGoldens.all.get().decodedIDs, golden.decoded) {
      for (skips, text) in zip([false, true], expected) {
        #expect(Array(tokenizer.decode(ids, skipSpecialTokens: skips).utf8) == Array(text.utf8), "\(ids)")
      }
    }
  }

  @Test(arguments: StageGoldens.cases)
  fileprivate func `text decoded piece by piece joins to the whole`(_ golden: StageGoldens.Case) throws {
    let tokenizer = try Tokenizer(json: golden.tokenizer, path: golden.name)
    for ids in try StageGoldens.all.get().decodedIDs + golden.rows.map(\.ids) {
      var stream = StreamingDecoder(tokenizer, skipSpecialTokens: true)
      var joined = ids.reduce("") { $0 + stream.append($1) }
      joined += stream.finish()
      #expect(Array(joined.utf8) == Array(tokenizer.decode(ids, skipSpecialTokens: true).utf8), "\(ids)")
    }
  }
}
