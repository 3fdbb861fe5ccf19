/// Writes GGUF files for tests, right ones and broken ones.
struct GGUFBuilder {
  enum Value {
    case uint32(UInt32)
    case float32(Float)
    case bool(Bool)
    case string(String)
    case strings([String])
    case int32s([Int32])
    /// Bytes after the type's number, as they are.
    case raw(type: UInt32, [UInt8])
  }

  struct Tensor {
    var name: String
    /// Fastest dimension first, as in the file.
    var dimensions: [UInt64]
    var type: UInt32 = 0
    var data: [UInt8]
    /// Instead of the place where the data lies.
    var offset: UInt64?
  }

  var magic: [UInt8] = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var pairCount: UInt64?
  var pairs: [(String, Value)] = []
  var tensors: [Tensor] = []

  /// A float32 tensor; `shape` is slowest dimension first.
  mutating func add(_ name: String, _ shape: [Int], _ values: [Float]) {
    tensors.append(
      Tensor(
        name: name, dimensions: shape.reversed().map { UInt64($0) },
        data: values.flatMap { little($0.bitPattern) }))
  }

  var bytes: [UInt8] {
    var bytes = magic + little(version)
    bytes += little(tensorCount ?? UInt64(tensors.count)) + little(pairCount ?? UInt64(pairs.count))
    for (key, value) in pairs { bytes += text(key) + encoded(value) }
    var offset: UInt64 = 0
    for tensor in tensors {
      bytes += text(tensor.name) + little(UInt32(tensor.dimensions.count))
      for size in tensor.dimensions { bytes += little(size) }
      bytes += little(tensor.type) + little(tensor.offset ?? offset)
      offset += UInt64((tensor.data.count + 31) / 32 * 32)
    }
    while bytes.count % 32 != 0 { bytes.append(0) }
    for tensor in tensors {
      bytes += tensor.data
      while bytes.count % 32 != 0 { bytes.append(0) }
    }
    return bytes
  }

  private func encoded(_ value: Value) -> [UInt8] {
    switch value {
    case .uint32(let number): little(UInt32(4)) + little(number)
    case .float32(let number): little(UInt32(6)) + little(number.bitPattern)
    case .bool(let flag): little(UInt32(7)) + [flag ? 1 : 0]
    case .string(let string): little(UInt32(8)) + text(string)
    case .strings(let strings):
      little(UInt32(9)) + little(UInt32(8)) + little(UInt64(strings.count)) + strings.flatMap { text($0) }
    case .int32s(let numbers):
      little(UInt32(9)) + little(UInt32(5)) + little(UInt64(numbers.count)) + numbers.flatMap { little($0) }
    case .raw(let type, let bytes): little(type) + bytes
    }
  }

  private func text(_ string: String) -> [UInt8] { little(UInt64(string.utf8.count)) + Array(string.utf8) }

  func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
  }
}

extension GGUFBuilder {
  /// A llama of one layer: hidden 8, two heads of 4 over one key head, intermediate 8, ten tokens.
  static func tinyLlama() -> GGUFBuilder {
    var file = GGUFBuilder()
    let tokens = ["<eos>", "a", "b", "ab", "Ġ", "é", "e\u{301}", "1", "<tool>", "c"]
    file.pairs = [
      ("general.architecture", .string("llama")),
      ("llama.block_count", .uint32(1)),
      ("llama.context_length", .uint32(64)),
      ("llama.embedding_length", .uint32(8)),
      ("llama.feed_forward_length", .uint32(8)),
      ("llama.attention.head_count", .uint32(2)),
      ("llama.attention.head_count_kv", .uint32(1)),
      ("llama.attention.layer_norm_rms_epsilon", .float32(1e-5)),
      ("llama.rope.freq_base", .float32(100_000)),
      ("llama.rope.dimension_count", .uint32(4)),
      ("tokenizer.ggml.model", .string("gpt2")),
      ("tokenizer.ggml.pre", .string("smollm")),
      ("tokenizer.ggml.tokens", .strings(tokens)),
      ("tokenizer.ggml.token_type", .int32s([3, 1, 1, 1, 1, 1, 1, 1, 4, 1])),
      ("tokenizer.ggml.merges", .strings(["a b"])),
      ("tokenizer.ggml.eos_token_id", .uint32(0)),
      ("tokenizer.ggml.add_bos_token", .bool(false)),
      ("tokenizer.chat_template", .string("{{ messages }}")),
    ]
    func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0) } }
    file.add("token_embd.weight", [10, 8], ramp(80))
    file.add("output_norm.weight", [8], ramp(8))
    file.add("blk.0.attn_norm.weight", [8], ramp(8))
    file.add("blk.0.ffn_norm.weight", [8], ramp(8))
    file.add("blk.0.attn_q.weight", [8, 8], ramp(64))
    file.add("blk.0.attn_k.weight", [4, 8], ramp(32))
    file.add("blk.0.attn_v.weight", [4, 8], ramp(32))
    file.add("blk.0.attn_output.weight", [8, 8], ramp(64))
    file.add("blk.0.ffn_gate.weight", [8, 8], ramp(64))
    file.add("blk.0.ffn_up.weight", [8, 8], ramp(64))
    file.add("blk.0.ffn_down.weight", [8, 8], ramp(64))
    return file
  }

  mutating func set(_ key: String, _ value: Value?) {
    pairs.removeAll { $0.0 == key }
    if let value { pairs.append((key, value)) }
  }

  mutating func remove(_ names: [String]) { tensors.removeAll { names.contains($0.name) } }

  /// The same sizes under another architecture's name.
  mutating func rename(architecture name: String) {
    set("general.architecture", .string(name))
    pairs = pairs.map { key, value in
      (key.hasPrefix("llama.") ? name + key.dropFirst("llama".count) : key, value)
    }
  }
}
