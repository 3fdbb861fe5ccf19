import Foundation
import KTOKernels
import KTOTestSupport
import KTOTokenizer
import Testing

@testable import KTOCore
@testable import KTOModels

struct ImportTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private var cache: String { folder + "/cache" }

  init() throws { temporary = try TemporaryFolder() }

  private func importer(_ change: (inout GGUFBuilder) -> Void = { _ in }) throws -> ModelImporter {
    var file = GGUFBuilder.tinyLlama()
    change(&file)
    try writeFile(folder + "/a.gguf", file.bytes, force: true)
    return try ModelImporter(gguf: folder + "/a.gguf")
  }

  private func imported(_ change: (inout GGUFBuilder) -> Void = { _ in }) throws -> String {
    try importer(change).run(name: "org/name", cache: cache, force: true).snapshotPath
  }

  private func json(_ path: String) throws -> JSONNode {
    var parser = JSONParser()
    return try parser.parse(readFile(path))
  }

  private func error(_ change: (inout GGUFBuilder) -> Void) -> ImportError? {
    do {
      _ = try importer(change)
      return nil
    } catch {
      return error as? ImportError
    }
  }

  @Test func `a model is laid out as the Hugging Face cache lays it out`() throws {
    let result = try importer().run(name: "org/name", cache: cache)
    let root = cache + "/models--org--name"
    #expect(result.snapshotPath == "\(root)/snapshots/\(result.commit)")
    #expect(result.commit.count == 40)
    #expect(try readFile(root + "/refs/main") == Array(result.commit.utf8))
    let files = try FileManager.default.contentsOfDirectory(atPath: result.snapshotPath).sorted()
    #expect(
      files == [
        "chat_template.jinja", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
        "tokenizer_config.json",
      ])
    for file in files {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: result.snapshotPath + "/" + file)
      let hash = try SHA256.hash(fileAt: result.snapshotPath + "/" + file)
      #expect(target == "../../blobs/\(hash)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: root).sorted() == ["blobs", "refs", "snapshots"])
    #expect(try readFile(result.snapshotPath + "/chat_template.jinja") == Array("{{ messages }}".utf8))
  }

  @Test func `the rows of q and k are put back into two halves a head`() throws {
    let weights = try ModelWeights(folder: imported())
    let query = try weights.read("model.layers.0.self_attn.q_proj.weight", shape: [8, 8])
    #expect(stride(from: 0, to: 64, by: 8).map { query[$0] / 8 } == [0, 2, 1, 3, 4, 6, 5, 7])
    let key = try weights.read("model.layers.0.self_attn.k_proj.weight", shape: [4, 8])
    #expect(stride(from: 0, to: 32, by: 8).map { key[$0] / 8 } == [0, 2, 1, 3])
    let value = try weights.read("model.layers.0.self_attn.v_proj.weight", shape: [4, 8])
    #expect(value == (0..<32).map { Float($0) })
    #expect(weights.names.count == 11)
    #expect(try weights.info("model.norm.weight").type == .bfloat16)
  }

  @Test func `the configuration says what the file says`() throws {
    let config = try json(imported() + "/config.json")
    #expect(config["architectures"]?.array?.first?.string == "LlamaForCausalLM")
    #expect(config["num_key_value_heads"]?.int == 1)
    #expect(config["head_dim"]?.int == 4)
    #expect(config["rms_norm_eps"]?.double == 1e-5)
    #expect(config["rope_theta"]?.double == 100_000)
    #expect(config["max_position_embeddings"]?.int == 64)
    #expect(config["vocab_size"]?.int == 10)
    #expect(config["tie_word_embeddings"]?.bool == true)
    #expect(config["eos_token_id"]?.int == 0)
    #expect(config["bos_token_id"] == nil)
  }

  @Test func `a head of its own unties the embeddings`() throws {
    let path = try imported { $0.add("output.weight", [10, 8], [Float](repeating: 1, count: 80)) }
    #expect(try json(path + "/config.json")["tie_word_embeddings"]?.bool == false)
    #expect(try ModelWeights(folder: path).contains("lm_head.weight"))
  }

  @Test func `a sliding window makes it a Mistral`() throws {
    let config = try json(imported { $0.set("llama.attention.sliding_window", .uint32(16)) } + "/config.json")
    #expect(config["architectures"]?.array?.first?.string == "MistralForCausalLM")
    #expect(config["model_type"]?.string == "mistral")
    #expect(config["sliding_window"]?.int == 16)
  }

  @Test func `biases that a llama has keep the order of their rows, and are said in the configuration`()
    throws
  {
    let path = try imported {
      for (name, count) in [("attn_q", 8), ("attn_k", 4), ("attn_v", 4), ("attn_output", 8)] {
        $0.add("blk.0.\(name).bias", [count], (0..<count).map { Float($0) })
      }
    }
    let config = try json(path + "/config.json")
    #expect(config["attention_bias"]?.bool == true && config["mlp_bias"]?.bool == false)
    let weights = try ModelWeights(folder: path)
    #expect(
      try weights.read("model.layers.0.self_attn.q_proj.bias", shape: [8]) == [0, 2, 1, 3, 4, 6, 5, 7])
    #expect(try weights.read("model.layers.0.self_attn.v_proj.bias", shape: [4]) == [0, 1, 2, 3])
    #expect(
      error { $0.add("blk.0.attn_q.bias", [8], [Float](repeating: 0, count: 8)) }
        == .missingTensor("blk.0.attn_k.bias"))
  }

  @Test func `a Qwen 2 keeps the order of its rows, brings its biases, and loads`() throws {
    let path = try imported {
      $0.rename(architecture: "qwen2")
      for (name, count) in [("attn_q", 8), ("attn_k", 4), ("attn_v", 4)] {
        $0.add("blk.0.\(name).bias", [count], (0..<count).map { Float($0) })
      }
    }
    let config = try json(path + "/config.json")
    #expect(config["architectures"]?.array?.first?.string == "Qwen2ForCausalLM")
    #expect(config["model_type"]?.string == "qwen2" && config["use_sliding_window"]?.bool == false)
    #expect(config["mlp_bias"] == nil)
    let weights = try ModelWeights(folder: path)
    let query = try weights.read("model.layers.0.self_attn.q_proj.weight", shape: [8, 8])
    #expect(stride(from: 0, to: 64, by: 8).map { query[$0] / 8 } == [0, 1, 2, 3, 4, 5, 6, 7])
    let bias = try weights.read("model.layers.0.self_attn.q_proj.bias", shape: [8])
    #expect(bias == (0..<8).map { Float($0) })
    let model = try CausalLM(folder: path, context: ComputeContext(threadCount: 1))
    #expect(model.plan.hasQueryKeyValueBias)
    #expect(error { $0.rename(architecture: "qwen2") } == .missingTensor("blk.0.attn_q.bias"))
  }

  @Test func `a Qwen 3 brings the norms of its heads, whose size it names, and loads`() throws {
    func makeQwen(_ file: inout GGUFBuilder) {
      file.rename(architecture: "qwen3")
      file.set("qwen3.attention.key_length", .uint32(4))
      file.set("qwen3.attention.value_length", .uint32(4))
      file.add("blk.0.attn_q_norm.weight", [4], [1, 2, 3, 4])
      file.add("blk.0.attn_k_norm.weight", [4], [4, 3, 2, 1])
    }
    let path = try imported { makeQwen(&$0) }
    let config = try json(path + "/config.json")
    #expect(config["architectures"]?.array?.first?.string == "Qwen3ForCausalLM")
    #expect(config["head_dim"]?.int == 4 && config["attention_bias"]?.bool == false)
    let weights = try ModelWeights(folder: path)
    #expect(try weights.read("model.layers.0.self_attn.q_norm.weight", shape: [4]) == [1, 2, 3, 4])
    #expect(try weights.read("model.layers.0.self_attn.k_norm.weight", shape: [4]) == [4, 3, 2, 1])
    let model = try CausalLM(folder: path, context: ComputeContext(threadCount: 1))
    #expect(model.plan.queryKeyNorm == .eachHead)
    #expect(
      error {
        makeQwen(&$0)
        $0.set("qwen3.attention.sliding_window", .uint32(8))
      } == .unsupportedFeature(key: "qwen3.attention.sliding_window"))
  }

  @Test func `the tokenizer keeps the pre-tokenizer that the file names`() throws {
    let tokenizer = try json(imported() + "/tokenizer.json")
    let steps = tokenizer["pre_tokenizer"]?["pretokenizers"]?.array
    #expect(steps?.map { $0["type"]?.string } == ["Digits", "ByteLevel"])
    #expect(steps?.first?["individual_digits"]?.bool == true)
    #expect(steps?.last?["use_regex"]?.bool == true)
    #expect(tokenizer["post_processor"]?.isNull == true)
    #expect(tokenizer["model"]?["merges"]?.array?.first?.array?.compactMap(\.string) == ["a", "b"])
    let added = tokenizer["added_tokens"]?.array
    #expect(added?.map { $0["content"]?.string } == ["<eos>", "<tool>"])
    #expect(added?.map { $0["special"]?.bool } == [true, false])
  }

  @Test func `tokens that differ only by normalisation stay apart`() throws {
    let vocabulary = try json(imported() + "/tokenizer.json")["model"]?["vocab"]?.object
    #expect(vocabulary?["é"]?.int == 5)
    #expect(vocabulary?["e\u{301}"]?.int == 6)
  }

  @Test func `Llama 3's pattern brings its bos token and takes whole words`() throws {
    let tokenizer = try json(
      imported {
        $0.set("tokenizer.ggml.pre", .string("llama-bpe"))
        $0.set("tokenizer.ggml.bos_token_id", .uint32(0))
        $0.set("tokenizer.ggml.add_bos_token", nil)
      } + "/tokenizer.json")
    let split = tokenizer["pre_tokenizer"]?["pretokenizers"]?.array?.first
    #expect(split?["pattern"]?["Regex"]?.string?.contains(#"\p{N}{1,3}"#) == true)
    #expect(tokenizer["model"]?["ignore_merges"]?.bool == true)
    #expect(tokenizer["post_processor"]?["single"]?.array?.count == 2)
  }

  @Test func `an existing model is replaced only by force`() throws {
    let importer = try importer()
    let first = try importer.run(name: "org/name", cache: cache)
    #expect(throws: FileError.exists(path: cache + "/models--org--name")) {
      try importer.run(name: "org/name", cache: cache)
    }
    #expect(try importer.run(name: "org/name", cache: cache, force: true) == first)
  }

  @Test func `an import that fails leaves no trace`() throws {
    struct Stop: Error {}
    let importer = try importer()
    #expect(throws: Stop.self) {
      try importer.run(name: "org/name", cache: cache) { if $0.finishedTensorCount == 3 { throw Stop() } }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [])
  }

  @Test(arguments: ["name", "a/b/c", "../x", "a/..", "/a", "a/", "a/b c", "a--b/c", ".a/b", "a/b\0", ""])
  func `a name that the hub would not allow is refused`(name: String) throws {
    let importer = try importer()
    #expect(throws: ImportError.invalidModelName(name)) { try importer.run(name: name, cache: cache) }
  }

  @Test func `what is not supported is refused by its name`() {
    #expect(
      error { $0.set("general.architecture", .string("mamba")) } == .unsupportedArchitecture("mamba"))
    #expect(
      error { $0.set("tokenizer.ggml.model", .string("bert")) } == .tokenizer(.unsupportedTokenizer("bert")))
    #expect(
      error { $0.set("tokenizer.ggml.pre", .string("default")) }
        == .tokenizer(.unsupportedPreTokenizer("default")))
    #expect(
      error { $0.set("llama.expert_count", .uint32(8)) } == .unsupportedFeature(key: "llama.expert_count"))
    #expect(
      error { $0.set("llama.rope.scaling.type", .string("yarn")) }
        == .unsupportedFeature(key: "llama.rope.scaling.type"))
    #expect(
      error { $0.set("llama.rope.dimension_count", .uint32(2)) }
        == .unsupportedFeature(key: "llama.rope.dimension_count"))
    #expect(error { $0.add("rope_freqs.weight", [2], [1, 1]) } == .unexpectedTensor("rope_freqs.weight"))
  }

  @Test func `metadata that is missing or out of range is named`() {
    for key in [
      "llama.block_count", "llama.embedding_length", "general.architecture",
    ] {
      #expect(error { $0.set(key, nil) } == .invalidMetadata(key: key))
    }
    #expect(
      error { $0.set("llama.attention.head_count", .uint32(0)) }
        == .invalidMetadata(key: "llama.attention.head_count"))
    #expect(
      error { $0.set("llama.attention.head_count", .uint32(4096)) }
        == .invalidMetadata(key: "llama.attention.key_length"))
    #expect(
      error { $0.set("tokenizer.ggml.eos_token_id", .uint32(10)) }
        == .tokenizer(.invalidMetadata(key: "tokenizer.ggml.eos_token_id")))
    #expect(
      error { $0.set("tokenizer.ggml.merges", nil) }
        == .tokenizer(.invalidMetadata(key: "tokenizer.ggml.merges")))
    #expect(
      error { $0.set("llama.attention.layer_norm_rms_epsilon", .float32(.nan)) }
        == .invalidMetadata(key: "llama.attention.layer_norm_rms_epsilon"))
    #expect(error { $0.set("llama.block_count", .uint32(2)) } == .missingTensor("blk.1.attn_norm.weight"))
  }

  @Test func `tensors of another shape than the metadata asks for are refused`() {
    #expect(
      error { $0.set("llama.feed_forward_length", .uint32(16)) }
        == .wrongShape(tensor: "blk.0.ffn_gate.weight", expected: [16, 8], found: [8, 8]))
  }

  @Test func `vocabularies that no tokenizer could load are refused`() {
    #expect(
      error { $0.set("tokenizer.ggml.merges", .strings(["a b", "a c"])) }
        == .tokenizer(.invalidMerge(index: 1, text: "a c")))
    #expect(
      error { $0.set("tokenizer.ggml.merges", .strings(["ab"])) }
        == .tokenizer(.invalidMerge(index: 0, text: "ab")))
    #expect(
      error {
        let tokens = ["a", "b", "ab", "1", "2", "3", "4", "5", "a", "6"]
        $0.set("tokenizer.ggml.tokens", .strings(tokens))
      } == .tokenizer(.duplicateToken(id: 8, text: "a")))
  }
}
