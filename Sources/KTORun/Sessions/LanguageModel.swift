internal import KTOCore
package import KTOHub
internal import KTOKernels
package import KTOModels
internal import KTOTokenizer

/// A model with its tokenizer and, where asked for, an adapter: what `generate` and `compare` look at.
///
/// A class because the network reuses its working memory between calls; one call at a time.
package final class LanguageModel {
  package let folder: ModelFolder
  package let tokenizer: ModelTokenizer
  let network: CausalLM
  let adapter: LoRAAdapter?
  /// What may be wrong with the adapter for this model.
  package let warnings: [String]

  /// - Parameters:
  ///   - adapterPath: a folder in PEFT's form, a file of it or a checkpoint; nil for the model as it is.
  ///   - threadCount: 0 takes every core.
  /// - Throws: what loading the model, the tokenizer or the adapter throws.
  package init(_ folder: ModelFolder, adapterPath: String?, threadCount: Int = 0) throws {
    self.folder = folder
    let cores = try BLASDescription.current().processorCount
    // Before the weights, which may take long.
    let source = try adapterPath.map { try AdapterSource($0) }
    _ = try folder.required("config.json")
    let plan = try ModelPlan(folder: folder.path)
    adapter = try source?.adapter(for: plan, of: folder)
    warnings = source?.warnings(for: folder) ?? []
    tokenizer = try ModelTokenizer(folder: folder)
    let network = try CausalLM(
      model: folder, context: ComputeContext(threadCount: threadCount > 0 ? threadCount : cores))
    self.network = network
  }

  /// The tokens of a user's message as the chat template puts it, ready for an answer; the bare text's tokens
  /// where the model has no template.
  package func promptTokens(_ text: String, system: String? = nil) throws -> [UInt32] {
    guard tokenizer.template != nil else {
      return try tokenizer.tokenizer.encode(text, addSpecialTokens: true)
    }
    var messages: [JSONValue] = []
    if let system { messages.append(.members(["role": .string("system"), "content": .string(system)])) }
    messages.append(.members(["role": .string("user"), "content": .string(text)]))
    return try tokenizer.encode(chat: .items(messages), tools: nil, addGenerationPrompt: true)
  }

  /// Answers a prompt, with the adapter unless `usesAdapter` is false.
  ///
  /// - Parameters:
  ///   - sampler: greedy, or temperature and top-p.
  ///   - onText: hears the text in pieces, each of whole characters.
  /// - Throws: `ModelError`.
  package func generate(
    _ prompt: [UInt32], maximumTokens: Int, sampler: TokenSampler = .greedy, seed: UInt64 = 0,
    usesAdapter: Bool = true, onText: (String) -> Void = { _ in }
  ) throws -> GeneratedText {
    var generator = SeededGenerator(seed: seed, stream: 0x6765_6E)
    var decoder = StreamingDecoder(tokenizer.tokenizer, skipSpecialTokens: true)
    let ends = network.plan.endTokens + (tokenizer.eosID.map { [$0] } ?? [])
    let result = try network.generate(
      prompt: prompt, adapter: usesAdapter ? adapter : nil, maximumTokens: maximumTokens, endTokens: ends,
      sampler: sampler, using: &generator
    ) { token in
      let text = decoder.append(token)
      if !text.isEmpty { onText(text) }
      return true
    }
    let rest = decoder.finish()
    if !rest.isEmpty { onText(rest) }
    return result
  }

  /// Answers a prompt without and with the adapter, and says how much likelier the adapter made each answer.
  ///
  /// - Precondition: there is an adapter.
  package func compare(_ text: String, maximumTokens: Int) throws -> Comparison {
    let prompt = try promptTokens(text)
    func answer(usesAdapter: Bool) throws -> Comparison.Answer {
      let generated = try generate(prompt, maximumTokens: maximumTokens, usesAdapter: usesAdapter)
      var scored = generated.tokens
      if case .endToken(let token) = generated.stopReason { scored.append(token) }
      let text = tokenizer.tokenizer.decode(generated.tokens, skipSpecialTokens: true)
      guard !scored.isEmpty else { return Comparison.Answer(text: text, tokenCount: 0, base: 0, adapted: 0) }
      return Comparison.Answer(
        text: text, tokenCount: scored.count,
        base: try network.logProbability(prompt: prompt, completion: scored, adapter: nil),
        adapted: try network.logProbability(prompt: prompt, completion: scored, adapter: adapter))
    }
    return Comparison(
      prompt: text, base: try answer(usesAdapter: false), adapted: try answer(usesAdapter: true))
  }
}

/// What a model and its adapted form answer to one prompt.
package struct Comparison: Sendable, Equatable {
  package struct Answer: Sendable, Equatable {
    package var text: String
    package var tokenCount: Int
    /// log p of the answer under the base model, nats.
    package var base: Double
    /// log p of the answer under the adapted model, nats.
    package var adapted: Double

    /// How much likelier the adapter made the answer, nats.
    package var difference: Double { adapted - base }
  }

  package var prompt: String
  /// The base model's greedy answer.
  package var base: Answer
  /// The adapted model's greedy answer.
  package var adapted: Answer
}
