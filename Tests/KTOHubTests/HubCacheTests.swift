import Foundation
import KTOHub
import Testing

struct HubCacheTests {
  @Test func `a revision is read from its ref`() throws {
    let cache = try TemporaryCache()
    #expect(try cache.cache.resolve("org/name").commit == cache.commit)
  }

  @Test func `a commit is taken as it is`() throws {
    let cache = try TemporaryCache()
    #expect(
      try cache.cache.resolve("org/name", revision: cache.commit).path.hasSuffix("/snapshots/" + cache.commit)
    )
  }

  @Test func `refs may nest`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/refs/refs/pr/1", cache.commit)
    #expect(try cache.cache.resolve("org/name", revision: "refs/pr/1").commit == cache.commit)
  }

  @Test func `a link to the model's blobs is followed`() throws {
    let cache = try TemporaryCache()
    #expect(try cache.cache.resolve("org/name").file("config.json") != nil)
  }

  @Test func `a link on to the cache's blobs is followed`() throws {
    let cache = try TemporaryCache()
    try cache.write("blobs/shared", "x")
    try cache.link("models--org--name/blobs/e2", to: "../../blobs/shared")
    try cache.link("models--org--name/snapshots/\(cache.commit)/w", to: "../../blobs/e2")
    #expect(try cache.cache.resolve("org/name").file("w") != nil)
  }

  @Test func `a link out of the cache is refused`() throws {
    let cache = try TemporaryCache()
    try cache.link("models--org--name/snapshots/\(cache.commit)/evil", to: "/etc/hostname")
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name").file("evil") }
  }

  @Test func `a link to another model's ref is refused`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--other/refs/main", "x")
    try cache.link(
      "models--org--name/snapshots/\(cache.commit)/evil", to: "../../../models--org--other/refs/main")
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name").file("evil") }
  }

  @Test(arguments: ["../refs/main", "a/../config.json", "/etc/hostname", "./config.json"])
  func `a file name that could leave the folder is refused`(_ name: String) throws {
    let cache = try TemporaryCache()
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name").file(name) }
  }

  @Test func `a revision that could leave the folder is refused`() throws {
    let cache = try TemporaryCache()
    #expect(throws: HubError.invalidRevision("../x")) {
      try cache.cache.resolve("org/name", revision: "../x")
    }
  }

  @Test(arguments: ["../org/name", "a/b/c", "org--name", ""])
  func `what is neither a model's name nor a folder is refused`(_ name: String) throws {
    let cache = try TemporaryCache()
    #expect(throws: HubError.invalidName(name)) { try cache.cache.resolve(name) }
  }

  @Test func `a missing model names the folder looked in and what would get it`() throws {
    let cache = try TemporaryCache()
    let error = #expect(throws: HubError.notFound(name: "org/none", root: cache.root)) {
      try cache.cache.resolve("org/none")
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(cache.root) && text.contains("hf download org/none"))
  }

  @Test func `a missing revision is told from a missing model`() throws {
    let cache = try TemporaryCache()
    #expect(throws: HubError.revisionNotFound(name: "org/name", revision: "v2", folder: cache.model)) {
      try cache.cache.resolve("org/name", revision: "v2")
    }
  }

  @Test func `a ref that holds no commit is refused`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/refs/bad", "../../..")
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name", revision: "bad") }
  }

  @Test func `a directory is a model of its own`() throws {
    let cache = try TemporaryCache()
    #expect(try cache.cache.resolve(cache.root).path == cache.root)
  }

  @Test func `a model's cache folder given by path is resolved to its snapshot`() throws {
    let cache = try TemporaryCache()
    let folder = try HubCache(root: "/nowhere").resolve(cache.model)
    #expect(folder.name == "org/name" && folder.commit == cache.commit)
  }

  @Test func `the list has each revision's model`() throws {
    let cache = try TemporaryCache()
    #expect(cache.cache.list().map(\.name) == ["org/name"])
  }

  @Test func `the list has each nested ref, and snapshots that no ref names`() throws {
    let cache = try TemporaryCache()
    let other = String(repeating: "b2", count: 20)
    try cache.write("models--org--name/refs/refs/pr/1", cache.commit)
    try cache.write("models--org--name/snapshots/\(other)/config.json", "{}")
    try cache.write("models--org--name/snapshots/notes.txt", "")
    try cache.write("models--org--name/refs/gone", String(repeating: "c3", count: 20))
    try cache.write("datasets--org--name/refs/main", cache.commit)
    #expect(cache.cache.list().map(\.revision) == ["main", "refs/pr/1", other])
  }

  @Test func `a commit is 40 lower-case digits, anything else a ref`() throws {
    let cache = try TemporaryCache()
    let upper = cache.commit.uppercased()
    #expect(throws: HubError.revisionNotFound(name: "org/name", revision: upper, folder: cache.model)) {
      try cache.cache.resolve("org/name", revision: upper)
    }
    try cache.write("models--org--name/refs/\(upper)", cache.commit)
    #expect(try cache.cache.resolve("org/name", revision: upper).commit == cache.commit)
  }

  @Test func `a model without an organisation has a folder with one name`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--gpt2/refs/main", cache.commit)
    try cache.write("models--gpt2/snapshots/\(cache.commit)/config.json", "{}")
    #expect(try cache.cache.resolve("gpt2").file("config.json") != nil)
    #expect(cache.cache.list().map(\.name) == ["gpt2", "org/name"])
  }

  @Test func `a file may be real, and in a folder of the snapshot`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/snapshots/\(cache.commit)/onnx/model.onnx", "x")
    #expect(try cache.cache.resolve("org/name").file("onnx/model.onnx") != nil)
  }

  @Test func `a snapshot that is a link out of the cache is refused`() throws {
    let cache = try TemporaryCache()
    let other = String(repeating: "b2", count: 20)
    try cache.link("models--org--name/snapshots/\(other)", to: "/usr")
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name", revision: other) }
  }

  @Test func `a ref that is a link out of the cache is refused`() throws {
    let cache = try TemporaryCache()
    try cache.link("models--org--name/refs/evil", to: "/etc/hostname")
    #expect(throws: HubError.self) { try cache.cache.resolve("org/name", revision: "evil") }
  }

  @Test func `a local directory's links may lead anywhere`() throws {
    let cache = try TemporaryCache()
    try cache.link("mine/config.json", to: "/etc/hostname")
    #expect(try cache.cache.resolve(cache.root + "/mine/").file("config.json") != nil)
  }

  @Test func `a file that was not downloaded names the command that gets it`() throws {
    let cache = try TemporaryCache()
    let model = try cache.cache.resolve("org/name")
    let error = #expect(throws: HubError.self) { try model.required("tokenizer.json") }
    #expect("\(error as Any)".contains("hf download org/name tokenizer.json --revision \(cache.commit)"))
  }

  @Test func `a file that the model does not have is not to be downloaded`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/.no_exist/\(cache.commit)/tokenizer.json", "")
    let model = try cache.cache.resolve("org/name")
    #expect(throws: HubError.fileMissing(file: "tokenizer.json", folder: model.path)) {
      try model.required("tokenizer.json")
    }
  }

  @Test func `a file noted as missing is known to be`() throws {
    let cache = try TemporaryCache()
    try cache.write("models--org--name/.no_exist/\(cache.commit)/adapter.json", "")
    #expect(try cache.cache.resolve("org/name").isKnownMissing("adapter.json"))
  }

  @Test(arguments: [
    (["HF_HUB_CACHE": "/a", "HUGGINGFACE_HUB_CACHE": "/b", "HF_HOME": "/c"], "/a"),
    (["HUGGINGFACE_HUB_CACHE": "/b", "HF_HOME": "/c"], "/b"),
    (["HF_HOME": "/c", "XDG_CACHE_HOME": "/d"], "/c/hub"),
    (["XDG_CACHE_HOME": "/d"], "/d/huggingface/hub"), ([:], "/home/me/.cache/huggingface/hub"),
    (["HF_HOME": "~/x"], "/home/me/x/hub"), (["HF_HUB_CACHE": "$BASE/y/${BASE}", "BASE": "/z"], "/z/y//z"),
    (["HF_HUB_CACHE": "/$NONE/${NONE}"], "/$NONE/${NONE}"),
    (["HF_HUB_CACHE": "", "HF_HOME": "/c"], "/c/hub"),
  ])
  func `the cache's place follows the environment`(_ environment: [String: String], _ expected: String) {
    #expect(HubCache.defaultRoot(environment: environment, home: "/home/me") == expected)
  }

  @Test func `the cache is the one that the environment names`() {
    #expect(HubCache(environment: ["HOME": "/home/me"]).root == "/home/me/.cache/huggingface/hub")
    #expect(HubCache(environment: ["HOME": "/home/me", "HF_HUB_CACHE": "~/c"]).root == "/home/me/c")
  }
}
