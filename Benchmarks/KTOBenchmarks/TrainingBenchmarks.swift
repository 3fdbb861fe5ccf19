import Benchmark
import Foundation
import KTOCore
import KTOData
import KTOHub
import KTOKernels
import KTOModels
import KTOTokenizer
import KTOTrain

/// One optimizer step of the embedded model on four sample conversations, as the first step of a run: forward
/// passes of policy, reference and mismatched pairs, backward pass, AdamW.
func registerTraining() {
  registering("training") {
    let folder = try Samples.tinyModel()
    let context = ComputeContext(threadCount: ProcessInfo.processInfo.activeProcessorCount)
    let model = try CausalLM(folder: folder.path, context: context)
    let limit = 512
    let rows = try trainingRows(ModelTokenizer(folder: folder), count: 4)
    let tokenCount = rows.reduce(0) { $0 + min($1.promptIDs.count + $1.completionIDs.count, limit) }

    func trainer() throws -> Trainer {
      try Trainer(
        model: model, adapter: LoRAAdapter(AdapterShape(), for: model.plan, seed: 1),
        train: TrainingFeed(rows),
        settings: TrainerSettings(
          loss: KTOLoss(), estimator: MismatchedPairs(), maxSteps: 1, batchSize: 2, accumulation: 2,
          learningRate: 1e-4, order: .sequential, maxLength: limit),
        identity: RunIdentity([]), now: { 0 }, sink: { _ in })
    }

    Rate.tokens.register(
      "training: one step of the tiny model, 2 × 2 rows, \(tokenCount) tokens", work: Double(tokenCount),
      prepare: trainer, run: { blackHole(try $0.run()) })
  }
}

/// The first sample conversations, desirable and undesirable in turn, as the model's tokens.
private func trainingRows(_ tokenizer: ModelTokenizer, count: Int) throws -> [TokenizedExample] {
  let examples = try Samples.examples()
  let desirable = examples.filter { $0.label == true }
  let undesirable = examples.filter { $0.label == false }
  let mixed = zip(desirable, undesirable).flatMap { [$0, $1] }.prefix(count)
  return try mixed.map { example in
    let messages = example.prompt.map { $0.json() }
    let prompt = try tokenizer.encode(chat: .items(messages), addGenerationPrompt: true)
    let whole = try tokenizer.encode(
      chat: .items(messages + example.completion.map { $0.json() }), addGenerationPrompt: false)
    return TokenizedExample(
      id: example.id, group: example.group, label: example.label == true, promptIDs: prompt,
      completionIDs: Array(whole.dropFirst(prompt.count)))
  }
}
