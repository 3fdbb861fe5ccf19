import Foundation
import KTOCore
import KTOKernels

@testable import KTOModels

/// A small model with random weights, for tests.
struct TinyModel: WeightSource {
  var plan: ModelPlan
  private(set) var tensors: [String: (shape: [Int], values: [Float])] = [:]

  init(
    window: Int? = nil, isHeadTied: Bool = true, headDimension: Int? = nil, seed: UInt64 = 1,
    _ change: (inout ModelPlan) -> Void = { _ in }
  ) {
    plan = ModelPlan(
      hiddenSize: 12, layerCount: 2, headCount: 4, keyHeadCount: 2, headDimension: headDimension ?? 4,
      intermediateSize: 18, vocabularySize: 29)
    plan.slidingWindow = window
    plan.isHeadTied = isHeadTied
    plan.maximumPositions = 64
    change(&plan)
    var random = SeededGenerator(seed: seed)
    for tensor in plan.tensors {
      let (center, scale) =
        switch tensor.role {
        case .attentionNorm, .attentionEndNorm, .feedForwardNorm, .feedForwardEndNorm, .finalNorm, .queryNorm,
          .keyNorm:
          (1.0 - Double(plan.normWeightOffset), 0.3)
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
    _ targets: [LoRAModule]? = nil, dropout: Double = 0, seed: UInt64 = 5
  ) throws -> LoRAAdapter {
    let shape = AdapterShape(
      rank: 2, alpha: 3, dropout: dropout, targets: targets ?? plan.adapterModules)
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
    let parent = [.gate, .up, .gateUp, .down].contains(module) ? "mlp" : "self_attn"
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

  /// Queries, keys and values, from one linear layer or from three.
  private func projectHeads(_ x: [Double], _ layer: Int) -> (q: [Double], k: [Double], v: [Double]) {
    let c = plan
    guard c.hasFusedQueryKeyValue else {
      return (project(x, layer, .query), project(x, layer, .key), project(x, layer, .value))
    }
    let y = project(x, layer, .queryKeyValue)
    return (
      Array(y[..<c.queryWidth]), Array(y[c.queryWidth..<c.queryWidth + c.keyWidth]),
      Array(y[(c.queryWidth + c.keyWidth)...])
    )
  }

  /// Queries or keys, normed as the model has it.
  private func normHeads(_ x: [Double], _ layer: Int, norm name: String) -> [Double] {
    let name = "model.layers.\(layer).self_attn.\(name).weight"
    switch plan.queryKeyNorm {
    case .none: return x
    case .allHeads: return norm(x, name)
    case .eachHead:
      let d = plan.headDimension
      return stride(from: 0, to: x.count, by: d).flatMap { norm(Array(x[$0..<$0 + d]), name) }
    }
  }

  private func norm(_ x: [Double], _ name: String) -> [Double] {
    let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let inverse = 1 / (mean + plan.normEpsilon).squareRoot()
    return zip(x, weights[name] ?? []).map { $0 * inverse * ($1 + Double(plan.normWeightOffset)) }
  }

  private func rotate(_ x: [Double], _ layer: Int, position: Int) -> [Double] {
    if plan.unrotatedLayers.contains(layer) { return x }
    let (d, half) = (plan.headDimension, plan.rotatedDimension / 2)
    let windowed = plan.window(ofLayer: layer) == nil ? nil : plan.windowedInverseFrequencies
    let (frequencies, scale) =
      windowed.map { ($0, 1) }
      ?? (plan.inverseFrequencies, plan.rotaryScaling.attentionFactor)
    return x.indices.map { index in
      let (head, place) = (index / d * d, index % d)
      if place >= 2 * half { return x[index] }
      let angle = Double(Float(position) * frequencies[place % half])
      let (low, high) = (x[head + place % half], x[head + place % half + half])
      let turned =
        place < half ? low * cos(angle) - high * sin(angle) : high * cos(angle) + low * sin(angle)
      return scale * turned
    }
  }

  private func capped(_ x: Double, _ cap: Double?) -> Double { cap.map { $0 * tanh(x / $0) } ?? x }

  private func attend(
    _ q: [Double], _ keys: [[Double]], _ values: [[Double]], _ layer: Int
  ) -> [Double] {
    let c = plan
    let d = c.headDimension
    let scale = c.attentionScale ?? 1 / Double(d).squareRoot()
    let first = max(0, keys.count - (c.window(ofLayer: layer) ?? keys.count))
    var out = [Double](repeating: 0, count: q.count)
    for head in 0..<c.headCount {
      let group = head / (c.headCount / c.keyHeadCount)
      let weights = (first..<keys.count).map { key in
        var score = 0.0
        for i in 0..<d { score += q[head * d + i] * keys[key][group * d + i] }
        return exp(capped(score * scale, c.attentionSoftCap))
      }
      let sum = weights.reduce(0, +)
      for (index, weight) in weights.enumerated() {
        for i in 0..<d { out[head * d + i] += weight / sum * values[first + index][group * d + i] }
      }
    }
    return out
  }

  /// What the gate goes through.
  private func activated(_ gate: Double) -> Double {
    switch plan.activation {
    case .silu: gate / (1 + exp(-gate))
    case .geluTanh:
      0.5 * gate * (1 + tanh((2 / Double.pi).squareRoot() * (gate + 0.044715 * gate * gate * gate)))
    }
  }

  /// x + scale · f(norm x), with the norms that the model has.
  private func added(
    _ x: [[Double]], _ layer: Int, norm first: TensorRole, endNorm last: TensorRole,
    _ f: ([[Double]]) -> [[Double]]
  ) -> [[Double]] {
    func name(_ role: TensorRole) -> String { plan.tensorNames.hub(role, layer: layer) + ".weight" }
    let y = f(plan.normPlacement.isBefore ? x.map { norm($0, name(first)) } : x)
    return zip(x, plan.normPlacement.isAfter ? y.map { norm($0, name(last)) } : y).map { x, y in
      zip(x, y).map { $0 + plan.residualScale * $1 }
    }
  }

  /// The logits at every position.
  func logits(_ tokens: [UInt32]) -> [[Double]] {
    let c = plan
    let embedding = weights["model.embed_tokens.weight"] ?? []
    var x = tokens.map { token in
      embedding[Int(token) * c.hiddenSize..<(Int(token) + 1) * c.hiddenSize].map { $0 * c.embeddingScale }
    }
    for layer in 0..<c.layerCount {
      x = added(x, layer, norm: .attentionNorm, endNorm: .attentionEndNorm) { normed in
        let projected = normed.map { projectHeads($0, layer) }
        let keys = projected.enumerated().map {
          rotate(normHeads($1.k, layer, norm: "k_norm"), layer, position: $0)
        }
        let values = projected.map(\.v)
        return projected.enumerated().map { position, heads in
          let q = rotate(normHeads(heads.q, layer, norm: "q_norm"), layer, position: position)
          let attended = attend(q, Array(keys[0...position]), Array(values[0...position]), layer)
          return project(attended, layer, .output)
        }
      }
      x = added(x, layer, norm: .feedForwardNorm, endNorm: .feedForwardEndNorm) { normed in
        normed.map { h in
          let both =
            c.hasFusedGateUp
            ? project(h, layer, .gateUp) : project(h, layer, .gate) + project(h, layer, .up)
          let width = c.intermediateSize
          return project((0..<width).map { activated(both[$0]) * both[width + $0] }, layer, .down)
        }
      }
    }
    return x.map { row in
      linear(norm(row, "model.norm.weight"), weights["lm_head.weight"] ?? embedding).map {
        capped($0 * c.logitScale, c.logitSoftCap)
      }
    }
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
