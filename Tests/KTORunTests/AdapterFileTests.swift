import Foundation
import KTOCore
import KTOHub
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTORun

/// Adapters that are merged into their model, and exported for other programs.
struct AdapterFileTests {
  private let temporary: TemporaryFolder
  private let model: ModelFolder
  private let adapter: String

  init() throws {
    temporary = try TemporaryFolder()
    let folder = try Fixtures.unpacked("architectures/llama")
    model = ModelFolder(path: folder, name: "org/small", revision: "main", commit: nil)
    adapter = try Fixtures.unpacked("lora/all_linear")
  }

  private func logits(_ folder: String, adapter: LoRAAdapter?) throws -> [Float] {
    let network = try CausalLM(folder: folder, context: ComputeContext(threadCount: 1))
    return try network.logits([5, 3, 17, 4, 60], adapter: adapter).array
  }

  private func difference(_ type: TensorType) throws -> Float {
    let folder = temporary.path("merged")
    let plan = try ModelPlan(folder: model.path)
    #expect(try AdapterFile(adapter, for: model).merge(as: type, to: folder, force: true) == 14)
    let adapted = try logits(model.path, adapter: AdapterFolder.read(adapter, for: plan))
    let moved = zip(adapted, try logits(model.path, adapter: nil)).map { abs($0 - $1) }.max() ?? 0
    #expect(moved > 0.1)
    return zip(adapted, try logits(folder, adapter: nil)).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test func `a merged model in float32 has the logits of the model with the adapter`() throws {
    #expect(try difference(.float32) < 1e-5)
  }

  @Test func `a merged model in bfloat16 differs by the rounding of its weights`() throws {
    let difference = try difference(.bfloat16)
    #expect(difference > 1e-5 && difference < 0.5)
    let config = String(decoding: try readFile(temporary.path("merged/config.json")), as: UTF8.self)
    #expect(config.contains("bfloat16"))
    let card = String(decoding: try readFile(temporary.path("merged/README.md")), as: UTF8.self)
    #expect(card.hasPrefix("---\nlibrary_name: transformers\nbase_model: \"org/small\"\n"))
  }

  @Test func `a model is not merged into a folder that has one`() throws {
    let file = try AdapterFile(adapter, for: model)
    _ = try file.merge(as: .float32, to: temporary.path("merged"), force: false)
    let path = temporary.path("merged/model.safetensors")
    #expect(throws: FileError.exists(path: path)) {
      _ = try file.merge(as: .float32, to: temporary.path("merged"), force: false)
    }
  }

  @Test(arguments: adapterExports.map { $0.name })
  func `an export writes the files that it names`(name: String) throws {
    let form = try #require(adapterExports.first { $0.name == name })
    try AdapterFile(adapter, for: model).export(as: form, to: temporary.path(name), force: false)
    for file in form.fileNames { #expect(fileKind(temporary.path("\(name)/\(file)")) == .file) }
  }

  @Test func `an export for mlx is read back as the same adapter`() throws {
    let form = try #require(adapterExports.first { $0.name == "mlx" })
    try AdapterFile(adapter, for: model).export(as: form, to: temporary.path("mlx"), force: false)
    let plan = try ModelPlan(folder: model.path)
    let read = try AdapterSource(temporary.path("mlx/adapters.safetensors")).adapter(for: plan, of: model)
    let original = try AdapterFolder.read(adapter, for: plan)
    let isSame = read.parameters.values.array == original.parameters.values.array
    #expect(isSame && read.shape == original.shape)
  }

  @Test func `an adapter that mlx-lm saved alone is read, its layers counted from the last`() throws {
    let plan = try ModelPlan(folder: model.path)
    let kept = try LoRAAdapter(
      AdapterShape(rank: 2, alpha: 3, targets: [.query, .up], layers: [1]), for: plan, seed: 4)
    let base = AdaptedModel(name: "org/small", revision: nil, plan: plan)
    let form = try #require(adapterExports.first { $0.name == "mlx" })
    try makeDirectory(temporary.path("saved"))
    try form.write(kept, for: base, to: temporary.path("saved"), force: false)
    let configuration = #"""
      {"fine_tune_type": "lora", "model": "org/small", "num_layers": 1, "lora_parameters":
      {"rank": 2, "scale": 1.5, "dropout": 0.0, "keys": ["self_attn.q_proj", "mlp.up_proj"]}}
      """#
    try writeFile(temporary.path("saved/adapter_config.json"), configuration.utf8, force: true)
    let source = try AdapterSource(temporary.path("saved"))
    let read = try source.adapter(for: plan, of: model)
    #expect(read.shape == kept.shape && source.baseName == "org/small")
    #expect(read.parameters.values.array == kept.parameters.values.array)
  }

  @Test func `an adapter for llama cpp is a GGUF file of type adapter`() throws {
    let form = try #require(adapterExports.first { $0.name == "gguf" })
    try AdapterFile(adapter, for: model).export(as: form, to: temporary.path("gguf"), force: false)
    let bytes = try readFile(temporary.path("gguf/adapter.gguf"))
    #expect(bytes.starts(with: Array("GGUF".utf8)) && bytes.count % 32 == 0)
    let text = String(decoding: bytes.prefix(300), as: UTF8.self)
    #expect(text.contains("general.architecture") && text.contains("adapter.lora.alpha"))
  }
}
