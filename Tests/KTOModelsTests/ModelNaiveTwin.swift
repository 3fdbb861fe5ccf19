import Foundation
import KTOCore
import KTOKernels

@testable import KTOModels

/// A small model with random weights, for tests.
struct TinyModel: WeightSource {
  var plan: ModelPlan
  private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]

  init(
    window: Int? = nil, isHeadTied: Bool = true, headDimension: Int? = nil, hasBias: Bool = false,
    hasHeadNorm: Bool = false, seed: UInt64 = 1
  ) {
    plan = ModelPlan(
      hiddenSize: 12, layerCount: 2, headCount: 4, keyHeadCount: 2, headDimension: headDimension ?? 4,
      intermediateSize: 18, vocabularySize: 29)
    plan.slidingWindow = window
    plan.isHeadTied = isHeadTied
    plan.hasQueryKeyValueBias = hasBias
    plan.hasQueryKeyNorm = hasHeadNorm
    plan.maximumPositions = 64
    var random = SeededGenerator(seed: seed)
    for tensor in plan.tensors {
      let (center, scale) =
        switch tensor.role {
        case .attentionNorm, .feedForwardNorm, .finalNorm, .queryNorm, .keyNorm: (1.0, 0.3)
        case .embedding, .head: (0.0, 1.0)
        default: (0.0, 0.5)
        }
      let values = (0..<tensor.shape.reduce(1, *)).map { _ in
        Float(center + (2 * random.nextUnit() - 1) * scale)
      }
      tensors[tensor.name] = (tensor.shape, values)
    }
  }

  func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard let values = tensors[name]?.values else { throw ModelError.missingTensor(name) }
    _ = unsafe buffer.update(fromContentsOf: values)
  }
  mutating func remove(_ name: String) { tensors[name] = nil }
  mutating func reshape(_ name: String, _ shape: [Int]) { tensors[name]?.shape = shape }

  func load(threads: Int = 2) throws -> CausalLM {
    try CausalLM(plan, weights: self, context: ComputeContext(threadCount: threads))
  }

  /// An adapter whose B is not zero.
  func adapter(
    _ targets: [LoRAModule] = LoRAModule.allCases, dropout: Double = 0, seed: UInt64 = 5
  ) throws -> LoRAAdapter {
    let shape = AdapterShape(rank: 2, alpha: 3, dropout: dropout, targets: targets)
    let adapter = try LoRAAdapter(shape, for: plan, seed: seed)
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
  let plan: ModelPlan
  private var weights: [String: [Double]]
  private var adapter: [String: [Double]] = [:]
  private let adapterScale: Double
  private let rank: Int

  init(_ model: TinyModel, adapter: LoRAAdapter? = nil) {
    plan = model.plan
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
    let parent = [.gate, .up, .down].contains(module) ? "mlp" : "self_attn"
    let name = "model.layers.\(layer).\(parent).\(module.rawValue)"
    var y = linear(x, weights[name + ".weight"] ?? [])
    for (index, bias) in (weights[name + ".bias"] ?? []).enumerated() { y[index] += bias }
    if let a = adapter["base_model.model.\(name).lora_A.weight"],
      let b = adapter["base_model.model.\(name).lora_B.weight"]
    {
      for (index, delta) in linear(linear(x, a), b).enumerated() { y[index] += adapterScale * delta }
    }
    return y
  }

  /// Queries or keys, each head normed where the model has a norm for them.
  private func projectHeads(_ x: [Double], _ layer: Int, _ module: LoRAModule, norm name: String) -> [Double]
  {
    let (y, name) = (project(x, layer, module), "model.layers.\(layer).self_attn.\(name).weight")
    guard weights[name] != nil else { return y }
    let d = plan.headDimension
    return stride(from: 0, to: y.count, by: d).flatMap { norm(Array(y[$0..<$0 + d]), name) }
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let inverse = 1 / (mean + plan.normEpsilon).squareRoot()
    return zip(x, weights[name] ?? []).map { $0 * inverse * $1 }
  }

  private func rotate(_ x: [Double], position: Int) -> [Double] {
    let (d, half) = (plan.headDimension, plan.headDimension / 2)
    let frequencies = plan.inverseFrequencies
    return x.indices.map { index in
      let (head, place) = (index / d * d, index % d)
      let angle = Double(Float(position) * frequencies[place % half])
      let (low, high) = (x[head + place % half], x[head + place % half + half])
      return place < half ? low * cos(angle) - high * sin(angle) : high * cos(angle) + low * sin(angle)
    }
  }

  private func attend(_ q: [Double], _ keys: [[Double]], _ values: [[Double]]) -> [Double] {
    let c = plan
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
    let c = plan
    let embedding = weights["model.embed_tokens.weight"] ?? []
    var x = tokens.map { Array(embedding[Int($0) * c.hiddenSize..<(Int($0) + 1) * c.hiddenSize]) }
    for layer in 0..<c.layerCount {
      let normed = x.map { norm($0, "model.layers.\(layer).input_layernorm.weight") }
      let keys = normed.enumerated().map {
        rotate(projectHeads($1, layer, .key, norm: "k_norm"), position: $0)
      }
      let values = normed.map { project($0, layer, .value) }
      for position in x.indices {
        let q = rotate(projectHeads(normed[position], layer, .query, norm: "q_norm"), position: position)
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
