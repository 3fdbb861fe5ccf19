import Testing

@testable import KTOKernels
@testable import KTOModels

/// Models that differ in what the forward pass has to do.
let tinyModels = [
  TinyModel(), TinyModel(window: 3, isHeadTied: false, seed: 2), TinyModel(headDimension: 6, seed: 3),
  TinyModel(seed: 4) { $0.hasQueryKeyValueBias = true },
  TinyModel(headDimension: 10, seed: 5) { $0.queryKeyNorm = .eachHead },
  TinyModel(headDimension: 10, seed: 6) {
    ($0.hasQueryKeyValueBias, $0.hasOutputBias, $0.hasFeedForwardBias) = (true, true, true)
    $0.rotaryScaling = .yarn(
      YarnScaling(factor: 4, originalPositions: 16, slowRotations: 0.5, attentionFactor: 1.3))
  },
  TinyModel(window: 3, seed: 7) {
    ($0.windowedLayers, $0.unrotatedLayers) = ([1], [1])
  },
  TinyModel(isHeadTied: false, headDimension: 8, seed: 8) {
    ($0.hasFusedQueryKeyValue, $0.hasFusedGateUp, $0.rotaryDimension) = (true, true, 6)
    $0.rotaryScaling = .longRope(factors: [1, 1.5, 2], attentionFactor: 1.2)
  },
  // Granite's scales
  TinyModel(seed: 9) {
    ($0.embeddingScale, $0.residualScale, $0.logitScale, $0.attentionScale) = (1.7, 0.6, 0.4, 0.8)
    ($0.hasOutputBias, $0.hasFeedForwardBias) = (true, true)
  },
  // OLMo 2's norms
  TinyModel(seed: 10) { ($0.normPlacement, $0.queryKeyNorm) = (.after, .allHeads) },
  // Gemma's
  TinyModel(window: 3, headDimension: 6, seed: 11) {
    ($0.normPlacement, $0.normWeightOffset, $0.activation) = (.both, 1, .geluTanh)
    ($0.attentionSoftCap, $0.logitSoftCap, $0.embeddingScale, $0.attentionScale) = (1.5, 2, 1.3, 0.7)
    ($0.windowedLayers, $0.windowedRotaryBase, $0.queryKeyNorm) = ([0], 100, .eachHead)
    ($0.residualScale, $0.hasOutputBias) = (0.9, true)
    $0.tensorNames.rename(.feedForwardNorm, hub: "pre_feedforward_layernorm", gguf: "ffn_norm")
  },
]
let prompt: [UInt32] = [1, 7, 3, 22, 9]
let answers: [[UInt32]] = [[4, 28, 5, 2], [11, 2], [0, 13, 13, 6, 8, 2], [2]]

@Suite struct ModelForwardTests {
  @Test(arguments: tinyModels)
  func `log-probabilities agree with the model written out in double precision`(tiny: TinyModel) throws {
    let model = try tiny.load()
    let adapter = try tiny.adapter()
    for used in [nil, adapter] {
      let naive = NaiveModel(tiny, adapter: used)
      let groups = answers.map { PromptGroup(prompt: prompt, completions: [$0]) }
      let scores = try model.score(groups, adapter: used)
      for (answer, score) in zip(answers, scores) {
        let expected = naive.tokenLogProbabilities(prompt, answer)
        let worst =
          zip(score[0].tokenLogProbabilities, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst < 1e-5 && score[0].tokenCount == answer.count)
      }
    }
  }

  @Test(arguments: tinyModels)
  func `answers to one prompt score the same together as alone`(tiny: TinyModel) throws {
    let model = try tiny.load()
    let together = try model.score([PromptGroup(prompt: prompt, completions: answers)], adapter: nil)
    for (answer, score) in zip(answers, together[0]) {
      let alone = try model.logProbability(prompt: prompt, completion: answer, adapter: nil)
      #expect(abs(score.logProbability - alone) < 1e-5)
    }
  }

  @Test(arguments: tinyModels, [false, true])
  func `a training pass gives the same scores, and scores other answers to its prompts`(
    tiny: TinyModel, isCheckpointed: Bool
  ) throws {
    let model = try tiny.load()
    let adapter = try tiny.adapter([tiny.plan.adapterModules[0], .output])
    let rows = answers.map { TrainingRow(prompt: prompt, completion: $0) }
    let pass = try model.forward(rows, adapter: adapter, isCheckpointed: isCheckpointed, withStatistics: true)
    let others: [[UInt32]?] = [answers[1], nil, answers[3], answers[0]]
    let otherScores = try model.score(others, after: pass)
    for index in answers.indices {
      let expected = try model.score(
        [PromptGroup(prompt: prompt, completions: [answers[index]])], adapter: adapter, withStatistics: true)[
          0][0]
      #expect(abs(pass.scores[index].logProbability - expected.logProbability) < 1e-5)
      #expect(abs(pass.scores[index].entropySum - expected.entropySum) < 1e-4)
      #expect(abs(pass.scores[index].meanLogitSum - expected.meanLogitSum) < 1e-4)
      #expect((otherScores[index] == nil) == (others[index] == nil))
      if let other = others[index] {
        let expected = try model.logProbability(prompt: prompt, completion: other, adapter: adapter)
        #expect(abs((otherScores[index]?.logProbability ?? 0) - expected) < 1e-5)
      }
    }
  }

  @Test func `a new adapter changes nothing`() throws {
    let tiny = TinyModel()
    let model = try tiny.load()
    let adapter = try LoRAAdapter(
      AdapterShape(rank: 4, targets: tiny.plan.adapterModules), for: tiny.plan, seed: 1)
    let group = [PromptGroup(prompt: prompt, completions: answers)]
    #expect(try model.score(group, adapter: adapter) == model.score(group, adapter: nil))
  }

  @Test func `a call leaves nothing behind that changes the next`() throws {
    let tiny = TinyModel()
    let model = try tiny.load()
    let group = [PromptGroup(prompt: prompt, completions: answers)]
    let before = try model.score(group, adapter: nil)
    _ = try model.score([PromptGroup(prompt: [3], completions: [[5, 5, 5, 5, 5, 5, 5]])], adapter: nil)
    #expect(try model.score(group, adapter: nil) == before)
  }

  @Test func `tensors that are missing or of another shape are named`() throws {
    var tiny = TinyModel()
    tiny.reshape("model.layers.1.mlp.up_proj.weight", [12, 18])
    #expect(
      throws: ModelError.tensorShape(
        name: "model.layers.1.mlp.up_proj.weight", expected: [18, 12], found: [12, 18])
    ) { try tiny.load() }
    tiny.remove("model.norm.weight")
    tiny.reshape("model.layers.1.mlp.up_proj.weight", [18, 12])
    #expect(throws: ModelError.missingTensor("model.norm.weight")) { try tiny.load() }
  }

  @Test func `weights over the byte limit are refused before they are read`() {
    let tiny = TinyModel()
    let byteCount = tiny.plan.parameterCount * 4
    #expect(throws: ModelError.tooLarge(byteCount: byteCount, limit: 1000)) {
      try CausalLM(tiny.plan, weights: tiny, context: ComputeContext(threadCount: 1), byteLimit: 1000)
    }
  }

  @Test func `inputs the model cannot take are refused`() throws {
    let model = try TinyModel().load()
    let long = [UInt32](repeating: 1, count: 64)
    #expect(throws: ModelError.tokenOutOfRange(token: 29, vocabularySize: 29)) {
      try model.logProbability(prompt: [1, 29], completion: [1], adapter: nil)
    }
    #expect(throws: ModelError.emptyPrompt) {
      try model.logProbability(prompt: [], completion: [1], adapter: nil)
    }
    #expect(throws: ModelError.emptyCompletion) {
      try model.logProbability(prompt: [1], completion: [], adapter: nil)
    }
    #expect(throws: ModelError.sequenceTooLong(tokenCount: 65, limit: 64)) {
      try model.logProbability(prompt: [1], completion: long, adapter: nil)
    }
    var larger = TinyModel()
    larger.plan.intermediateSize = 20
    let adapter = try LoRAAdapter(AdapterShape(rank: 2, targets: [.down]), for: larger.plan, seed: 1)
    #expect(throws: ModelError.adapterMismatch) {
      try model.logProbability(prompt: [1], completion: [1], adapter: adapter)
    }
  }
}
