import Foundation
import KTOCore
import KTOData
import KTOHub
import KTOTokenizer
import KTOTrain
import Testing

@testable import KTORun

/// Shards are taken only by the model that they were made for.
struct PreparedDataTests {
  private let model: CopiedModel
  private let shards: String

  init() throws {
    model = try CopiedModel()
    shards = model.root.appending(path: "shards").path
  }

  /// Two rows of training data, as if prepared with a tokenizer and a template.
  private func prepare(tokenizerHash: String, templateHash: String?) throws {
    try makeDirectory(shards + "/train")
    var writer = try MDSWriter(folder: shards + "/train")
    var counts = Manifest.Counts()
    for (index, label) in [true, false].enumerated() {
      let row = TokenizedExample(
        id: "\(index)", group: "\(index)", label: label, promptIDs: [1, 2], completionIDs: [3, 4])
      try writer.append(row)
      counts.add(row)
    }
    try writer.finish()
    let index = writer.index
    let split = Manifest.Split(
      name: "train", indexHash: try SHA256.hash(fileAt: shards + "/train/index.json"), shards: index.shards,
      counts: counts)
    try Manifest(
      tool: "test",
      model: .init(
        name: "m", revision: "main", commit: nil, tokenizerHash: tokenizerHash, templateHash: templateHash),
      maxLength: 64, seed: 1, groupBy: "prompt", configuration: .null, parents: [], splits: [split]
    ).write(to: shards)
  }

  private func prepare() throws {
    let tokenizer = try ModelTokenizer(folder: model.folder)
    try prepare(tokenizerHash: tokenizer.tokenizerHash, templateHash: tokenizer.templateHash)
  }

  private func read() throws -> PreparedData { try PreparedData(folder: shards, model: model.folder) }

  @Test func `the model's own shards are taken, with the manifest's root`() throws {
    try prepare()
    let data = try read()
    #expect(data.train.rows.count == 2 && data.validation.rows.isEmpty)
    #expect(try data.root == Manifest(folder: shards).root)
  }

  @Test(arguments: ["tekken.json", "tokenizer.model"])
  func `a model whose tokenizer is another kind of file trains on its own shards`(name: String) throws {
    let fixtures = CopiedModel.package.appending(path: "Tests/Fixtures/formats")
    let content =
      name == "tekken.json"
      ? try Data(contentsOf: fixtures.appending(path: "small.tekken.json"))
      : try #require(
        Data(
          base64Encoded: Data(contentsOf: fixtures.appending(path: "llama.model.base64")),
          options: .ignoreUnknownCharacters))
    try model.replace("tokenizer.json", with: nil)
    try model.replace(name, with: content)
    try prepare()
    #expect(try read().train.rows.count == 2)
    #expect(
      try Manifest(folder: shards).model.tokenizerHash
        == SHA256.hash(fileAt: "\(model.folder.path)/\(name)"))
  }

  @Test func `shards of another tokenizer are refused as such`() throws {
    let tokenizer = try ModelTokenizer(folder: model.folder)
    try prepare(tokenizerHash: "other", templateHash: tokenizer.templateHash)
    #expect(
      throws: TrainingError.tokenizerDiffers(
        shards: PreparedFor(model: "m", hash: "other"),
        model: PreparedFor(model: "kto-data/tiny-mistral", hash: tokenizer.tokenizerHash))
    ) {
      try read()
    }
  }

  @Test func `shards of another chat template are refused as such`() throws {
    let tokenizer = try ModelTokenizer(folder: model.folder)
    try prepare(tokenizerHash: tokenizer.tokenizerHash, templateHash: "other")
    #expect(
      throws: TrainingError.templateDiffers(
        shards: PreparedFor(model: "m", hash: "other"),
        model: PreparedFor(model: "kto-data/tiny-mistral", hash: tokenizer.templateHash))
    ) {
      try read()
    }
  }

  @Test func `one flipped bit in a shard is an error before anything is trained`() throws {
    try prepare()
    let path = shards + "/train/" + (try Manifest(folder: shards).splits[0].shards[0].basename)
    var bytes = try readFile(path)
    bytes[bytes.count - 1] ^= 1
    try writeFile(path, bytes, force: true)
    #expect(throws: ShardError.badShard(path: path, problem: .wrongHash)) { try read() }
  }

  @Test(arguments: ["manifest.json", "train/index.json"])
  func `one flipped bit anywhere in a file that describes shards is an error that names it`(name: String)
    throws
  {
    try prepare()
    let path = shards + "/" + name
    let bytes = try readFile(path)
    // Each of the eight bits comes about as often.
    for offset in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      var flipped = bytes
      flipped[offset] ^= 1 << UInt8(offset % 8)
      try writeFile(path, flipped, force: true)
      let error = #expect(throws: (any Error).self) { try read() }
      #expect("\(error.map { "\($0)" } ?? "")".contains(path), "byte \(offset)")
    }
  }

  @Test func `a folder without a manifest says that prepare comes first`() throws {
    #expect(throws: TrainingError.notPrepared(folder: shards)) { try read() }
  }
}
