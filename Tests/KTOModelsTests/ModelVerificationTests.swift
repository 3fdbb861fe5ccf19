import Foundation
import KTOCore
import KTOHub
import KTOKernels
import KTOModels
import KTOTestSupport
import KTOTokenizer
import Testing

/// A copy of the embedded model's cache, removed with the value.
private final class CopiedCache {
  private let folder: TemporaryFolder
  let root: URL
  let model: ModelFolder

  init() throws {
    folder = try TemporaryFolder()
    root = folder.url.appending(path: "hub")
    try FileManager.default.copyItem(at: Fixtures.root.appending(path: "data/models"), to: root)
    model = try HubCache(root: root.path).resolve("kto-data/tiny-mistral")
  }

  /// Puts a real file in the place of a link.
  func replace(_ name: String, _ content: Data) throws {
    let file = URL(filePath: "\(model.path)/\(name)")
    try? FileManager.default.removeItem(at: file)
    try content.write(to: file)
  }

  func findings() throws -> [String] {
    try ModelVerification(of: model).diagnostics.map { "\($0.code) \($0.location?.file ?? "")" }
  }
}

struct ModelVerificationTests {
  @Test func `the embedded model is sound`() throws {
    let cache = try CopiedCache()
    let result = try ModelVerification(of: cache.model)
    #expect(result.diagnostics.isEmpty && result.isSound && result.fileCount == 7)
  }

  @Test func `a byte changed in a blob is found`() throws {
    let cache = try CopiedCache()
    let weights = URL(filePath: "\(cache.model.path)/model.safetensors").resolvingSymlinksInPath()
    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: weights)
    #expect(try cache.findings() == ["H03 model.safetensors"])
  }

  @Test func `a blob that is gone is found, with the command that gets it`() throws {
    let cache = try CopiedCache()
    let blob = URL(filePath: "\(cache.model.path)/model.safetensors").resolvingSymlinksInPath()
    try FileManager.default.removeItem(at: blob)
    let findings = try ModelVerification(of: cache.model).diagnostics
    #expect(findings.first?.code == "H01")
    #expect(
      findings.first?.hint?.hasPrefix("hf download kto-data/tiny-mistral model.safetensors --revision ")
        == true)
  }

  @Test func `weights cut short are found`() throws {
    let cache = try CopiedCache()
    let whole = try Data(contentsOf: URL(filePath: "\(cache.model.path)/model.safetensors"))
    try cache.replace("model.safetensors", whole.prefix(whole.count / 2))
    #expect(try cache.findings() == ["H05 model.safetensors"])
  }

  @Test func `weights that the index names have to be there`() throws {
    let cache = try CopiedCache()
    try cache.replace("model.safetensors.index.json", Data(#"{"weight_map":{"a":"b.safetensors"}}"#.utf8))
    #expect(try cache.findings() == ["H01 b.safetensors"])
  }

  @Test(arguments: ["{", "[]", ""])
  func `a configuration that cannot be read is found`(_ text: String) throws {
    let cache = try CopiedCache()
    try cache.replace("config.json", Data(text.utf8))
    #expect(try cache.findings().contains("H04 config.json"))
  }

  @Test func `a model of another kind is whole, and said not to train here`() throws {
    let cache = try CopiedCache()
    try cache.replace("config.json", Data(#"{"model_type":"t5"}"#.utf8))
    let result = try ModelVerification(of: cache.model)
    #expect(result.isSound && result.diagnostics.map(\.code) == ["H07"])
  }

  @Test func `a tokenizer that cannot be read is found`() throws {
    let cache = try CopiedCache()
    try cache.replace("tokenizer.json", Data("{".utf8))
    #expect(try cache.findings() == ["H06 tokenizer.json"])
  }

  @Test func `a template that cannot be parsed is found`() throws {
    let cache = try CopiedCache()
    try cache.replace("chat_template.jinja", Data("{% if %}".utf8))
    #expect(try cache.findings() == ["H06 chat_template.jinja"])
  }

  @Test func `a configuration of the tokenizer that cannot be read is one finding`() throws {
    let cache = try CopiedCache()
    try cache.replace("tokenizer_config.json", Data("{".utf8))
    #expect(try cache.findings() == ["H04 tokenizer_config.json"])
  }

  @Test(arguments: [("model.safetensors", "H08"), ("tokenizer.json", "H09")])
  func `a model without weights or without a tokenizer is whole, with a warning`(
    _ file: String, _ code: String
  ) throws {
    let cache = try CopiedCache()
    try FileManager.default.removeItem(atPath: "\(cache.model.path)/\(file)")
    let result = try ModelVerification(of: cache.model)
    #expect(result.isSound && result.diagnostics.map(\.code) == [code])
  }

  @Test func `a link out of the cache is found`() throws {
    let cache = try CopiedCache()
    try FileManager.default.createSymbolicLink(
      atPath: "\(cache.model.path)/extra.json", withDestinationPath: "/etc/hostname")
    #expect(try cache.findings() == ["H02 extra.json"])
  }

  @Test func `a model whose weights were not downloaded names the command that gets them`() throws {
    let cache = try CopiedCache()
    try FileManager.default.removeItem(atPath: "\(cache.model.path)/model.safetensors")
    let error = #expect(throws: HubError.self) {
      try CausalLM(model: cache.model, context: ComputeContext(threadCount: 1))
    }
    #expect("\(error as Any)".contains("hf download kto-data/tiny-mistral model.safetensors"))
  }
}
