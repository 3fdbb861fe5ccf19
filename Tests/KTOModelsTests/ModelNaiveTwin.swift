import Foundation
import KTOCore
import KTOKernels

@testable import KTOModels

/// A small model with random weights, for tests.
struct TinyModel: WeightSource {
  var architecture: ModelArchitecture
  private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]

  init(
    window: Int? = nil, isHeadTied: Bool = true, headDimension: Int? = nil, seed: UInt64 = 1
  ) {
    architecture = ModelArchitecture(
      hiddenSize: 12, layerCount: 2, headCount: 4, keyHeadCount: 2, headDimension: headDimension,
      intermediateSize: 18, vocabularySize: 29)
    if headDimension == nil { architecture.headDimension = 4 }
    architecture.slidingWindow = window
    architecture.isHeadTied = isHeadTied
    architecture.maximumPositions = 64
    var random = SeededGenerator(seed: seed)
    func add(_ name: String, _ shape: [Int], _ scale: Double, around center: Double = 0) {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { _ in Float(center + (2 * random.nextUnit() - 1) * scale) }
      tensors[name] = (shape, values)
    }
    let c = architecture
    add("model.embed_tokens.weight", [c.vocabularySize, c.hiddenSize], 1)
    for layer in 0..<c.layerCount {
      let prefix = "model.layers.\(layer)."
      add(prefix + "input_layernorm.weight", [c.hiddenSize], 0.3, around: 1)
      add(prefix + "post_attention_layernorm.weight", [c.hiddenSize], 0.3, around: 1)
      for module in LoRAModule.allCases {
        let size = module.size(in: c)
        add(prefix + "\(module.parent).\(module.rawValue).weight", [size.output, size.input], 0.5)
      }
    }
    add("model.norm.weight", [c.hiddenSize], 0.3, around: 1)
    if !isHeadTied { add("lm_head.weight", [c.vocabularySize, c.hiddenSize], 1) }
  }

  func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard let values = tensors[name]?.values else { throw ModelError.missingTensor(name) }
    _ = unsafe buffer.update(fromContentsOf: values)
  }
  mutating func remove(_ name: String) { tensors[name] = nil }
  mutating func reshape(_ name: String, _ shape: [Int]) { tensors[name]?.shape = shape }

  func load(threads: Int = 2) throws -> CausalLM {
    try CausalLM(architecture, weights: self, context: ComputeContext(threadCount: threads))
  }

  /// An adapter whose B is not zero.
  func adapter(
    _ targets: [LoRAModule] = LoRAModule.allCases, dropout: Double = 0, seed: UInt64 = 5
  ) throws -> LoRAAdapter {
    let shape = AdapterShape(rank: 2, alpha: 3, dropout: dropout, targets: targets)
    let adapter = try LoRAAdapter(shape, for: architecture, seed: seed)
    var random = SeededGenerator(seed: seed, stream: 99)
    for tensor in adapter.parameters.layout.tensors {
      let values = (0..<tensor.range.count).map { _ in Float((2 * random.nextUnit() - 1) * 0.4) }
      _ = adapter.parameters.set(tensor.name, to: values)
    }
    return adapter
  }
}

/// The same model written out plainly in double precision.
struct NaiveModel {
  let architecture: ModelArchitecture
  private var weights: [String: [Double]]
  private var adapter: [String: [Double]] = [:]
  private let adapterScale: Double
  private let rank: Int

  init(_ model: TinyModel, adapter: LoRAAdapter? = nil) {
    architecture = model.architecture
    weights = model.tensors.mapValues { $0.values.map(Double.init) }
    adapterScale = adapter.map { $0.shape.alpha / Double($0.shape.rank) } ?? 0
    rank = adapter?.shape.rank ?? 0
    for tensor in adapter?.parameters.layout.tensors ?? [] {
      self.adapter[tensor.name] = adapter?.parameters.array(tensor.name)?.map(Double.init)
    }
  }

  /// A copy in which one adapter number is moved.
  func moved(_ name: String, _ index: Int, by step: Double) -> NaiveModel {
    var copy = self
    copy.adapter[name]?[index] += step
    return copy
  }

  private func linear(_ x: [Double], _ w: [Double]) -> [Double] {
    let width = x.count
    return (0..<w.count / width).map { row in
      var sum = 0.0
      for i in 0..<width { sum += x[i] * w[row * width + i] }
      return sum
    }
  }

  private func project(_ x: [Double], _ layer: Int, _ module: LoRAModule) -> [Double] {
    let name = "model.layers.\(layer).\(module.parent).\(module.rawValue)"
    var y = linear(x, weights[name + ".weight"] ?? [])
    if let a = adapter["base_model.model.\(name).lora_A.weight"],
      let b = adapter["base_model.model.\(name).lora_B.weight"]
    {
      for (index, delta) in linear(linear(x, a), b).enumerated() { y[index] += adapterScale * delta }
    }
    return y
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let inverse = 1 / (mean + architecture.normEpsilon).squareRoot()
    return zip(x, weights[name] ?? []).map { $0 * inverse * $1 }
  }

  private func rotate(_ x: [Double], position: Int) -> [Double] {
    let (d, half) = (architecture.headDimension, architecture.headDimension / 2)
    let frequencies = architecture.inverseFrequencies
    return x.indices.map { index in
      let (head, place) = (index / d * d, index % d)
      let angle = Double(Float(position) * frequencies[place % half])
      let (low, high) = (x[head + place % half], x[head + place % half + half])
      return place < half ? low * cos(angle) - high * sin(angle) : high * cos(angle) + low * sin(angle)
    }
  }

  private func attend(_ q: [Double], _ keys: [[Double]], _ values: [[Double]]) -> [Double] {
    let c = architecture
    let d = c.headDimension
    let first = max(0, keys.count - (c.slidingWindow ?? keys.count))
    var out = [Double](repeating: 0, count: q.count)
    for head in 0..<c.headCount {
      let group = head / (c.headCount / c.keyHeadCount)
      let weights = (first..<keys.count).map { key in
        var score = 0.0
        for i in 0..<d { score += q[head * d + i] * keys[key][group * d + i] }
        return exp(score / Double(d).squareRoot())
      }
      let sum = weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        for i in 0..<d { out[head * d + i] += weight / sum * values[first + index][group * d + i] }
      }
    }
    return out
  }

  /// The logits at every position.
  func logits(_ tokens: [UInt32]) -> [[Double]] {
    let c = architecture
    let embedding = weights["model.embed_tokens.weight"] ?? []
    var x = tokens.map { Array(embedding[Int($0) * c.hiddenSize..<(Int($0) + 1) * c.hiddenSize]) }
    for layer in 0..<c.layerCount {
      let normed = x.map { norm($0, "model.layers.\(layer).input_layernorm.weight") }
      let keys = normed.enumerated().map { rotate(project($1, layer, .key), position: $0) }
      let values = normed.map { project($0, layer, .value) }
      for position in x.indices {
        let q = rotate(project(normed[position], layer, .query), position: position)
        let attended = attend(q, Array(keys[0...position]), Array(values[0...position]))
        for (i, delta) in project(attended, layer, .output).enumerated() { x[position][i] += delta }
      }
      for position in x.indices {
        let h = norm(x[position], "model.layers.\(layer).post_attention_layernorm.weight")
        let (gate, up) = (project(h, layer, .gate), project(h, layer, .up))
        let activated = gate.indices.map { gate[$0] / (1 + exp(-gate[$0])) * up[$0] }
        for (i, delta) in project(activated, layer, .down).enumerated() { x[position][i] += delta }
      }
    }
    return x.map { linear(norm($0, "model.norm.weight"), weights["lm_head.weight"] ?? embedding) }
  }

  /// log p of each completion token.
  func tokenLogProbabilities(_ prompt: [UInt32], _ completion: [UInt32]) -> [Double] {
    let rows = logits(prompt + completion)
    return completion.enumerated().map { index, token in
      let row = rows[prompt.count - 1 + index]
      var sum = 0.0
      for logit in row { sum += exp(logit) }
      return row[Int(token)] - log(sum)
    }
  }

  func logProbability(_ prompt: [UInt32], _ completion: [UInt32]) -> Double {
    tokenLogProbabilities(prompt, completion).reduce(0, +)
  }
}
