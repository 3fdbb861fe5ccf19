import KTOHub
import Testing

struct ModelFileTests {
  private func model(_ cache: TemporaryCache) throws -> ModelFolder { try cache.cache.resolve("org/name") }

  private func index(_ cache: TemporaryCache, _ text: String) throws {
    try cache.write("models--org--name/snapshots/\(cache.commit)/model.safetensors.index.json", text)
  }

  @Test func `a folder's files have their sizes, those of folders below included`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/snapshots/\(cache.commit)/sub/x", "123")
    let files = try model(cache).files()
    #expect(files.map(\.name) == ["config.json", "sub/x"] && files.map(\.byteCount) == [4, 3])
  }

  @Test func `a link without a blob is a file that is missing`() throws {
    let cache = try TemporaryCache()
    try cache.link("models--org--name/snapshots/\(cache.commit)/model.safetensors", to: "../../blobs/none")
    #expect(try model(cache).missingFiles() == ["model.safetensors"])
  }

  @Test func `a link to a folder above is no endless folder`() throws {
    let cache = try TemporaryCache()
    try cache.link("models--org--name/snapshots/\(cache.commit)/loop", to: "..")
    #expect(try model(cache).files().map(\.name) == ["config.json", "loop"])
  }

  @Test func `weights of the index that are not there are missing`() throws {
    let cache = try TemporaryCache()
    try index(cache, #"{"weight_map":{"a":"w2","b":"w1","c":"w2"}}"#)
    try cache.write("models--org--name/snapshots/\(cache.commit)/w1", "")
    #expect(try model(cache).weightFiles() == ["w1", "w2"])
    #expect(try model(cache).missingFiles() == ["w2"])
  }

  @Test(arguments: ["../w", "/etc/passwd", "a/b", "", ".."])
  func `weights outside of the snapshot are refused`(_ name: String) throws {
    let cache = try TemporaryCache()
    try index(cache, #"{"weight_map":{"a":"\#(name)"}}"#)
    #expect(throws: HubError.self) { try model(cache).weightFiles() }
  }

  @Test(arguments: ["[]", "{}", #"{"weight_map":[]}"#, #"{"weight_map":{"a":1}}"#])
  func `an index of another shape is refused`(_ text: String) throws {
    let cache = try TemporaryCache()
    try index(cache, text)
    #expect(throws: HubError.self) { try model(cache).weightFiles() }
  }

  @Test func `an index that is not JSON is refused with its path`() throws {
    let cache = try TemporaryCache()
    try index(cache, #"{"weight_map":}"#)
    let path = try model(cache).path + "/model.safetensors.index.json"
    let error = #expect(throws: HubError.self) { try model(cache).weightFiles() }
    if case .notJSON(path, _, _)? = error { return }
    Issue.record("\(String(describing: error))")
  }

  // sha256sum and `git hash-object` of the four bytes "blob".
  @Test(arguments: [
    ("fa2c8cc4f28176bbeed4b736df569a34c79cd3723e9ec42f9674b4d46ac6b8b8", true),
    ("43ae31d836edd668d12fb87a494e340c2c5a8698", true), ("0000000000000000000000000000000000000000", false),
    ("0000000000000000000000000000000000000000000000000000000000000000", false), ("e1", true),
  ])
  func `a blob's content is compared with its name`(_ blob: String, _ agrees: Bool) throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/blobs/\(blob)", "blob")
    try cache.link("models--org--name/snapshots/\(cache.commit)/x", to: "../../blobs/\(blob)")
    let file = try #require(try model(cache).files().first { $0.name == "x" })
    #expect(try (file.blobMismatch() == nil) == agrees)
  }
}
