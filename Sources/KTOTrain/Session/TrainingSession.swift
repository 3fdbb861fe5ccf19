internal import Foundation
internal import KTOCore
internal import KTOData
package import KTOHub
internal import KTOKernels
internal import KTOModels

/// A training run from a configuration: shards and model in, adapter, checkpoints and logs out.
package struct TrainingSession {
  private let configuration: RunConfiguration
  private let model: ModelFolder
  private let now: () -> Double
  private let sink: (TrainingEvent) -> Void

  /// - Parameters:
  ///   - model: the folder that `configuration.model.name` was found in.
  ///   - now: seconds since some fixed moment.
  ///   - sink: takes the events as they happen.
  package init(
    _ configuration: RunConfiguration, model: ModelFolder, now: @escaping () -> Double,
    sink: @escaping (TrainingEvent) -> Void
  ) {
    self.configuration = configuration
    self.model = model
    self.now = now
    self.sink = sink
  }

  /// Trains to the end and writes the adapter.
  ///
  /// - Parameters:
  ///   - resumes: go on from the last checkpoint.
  ///   - force: replace the outputs of an earlier run.
  /// - Throws: `TrainingError`, `CheckpointFile.Failure`, `AdapterError`, `ModelError`, `TensorFileError`,
  ///   `ShardError`, `FileError`.
  package func run(resumes: Bool, force: Bool) throws -> TrainingSummary {
    let folder = configuration.output.finalModel
    let old = try resumes ? [] : earlierOutputs(force: force)
    let context = computeContext()
    let data = try loadData()
    let network = try loadModel(context)
    let adapter = try makeAdapter(network.plan)
    sink(.referenceCreated)
    let trainer = try Trainer(
      model: network, adapter: adapter, train: data.train, validation: data.validation,
      settings: settings, identity: identity(dataHash: data.hash), now: now, sink: sink)
    // Only now, when all that can be missing has been found, is anything of an earlier run touched.
    for path in old { try FileManager.default.removeItem(atPath: path) }
    try makeDirectory(configuration.output.checkpoints)
    if resumes {
      try trainer.resume(from: CheckpointFile.latest(in: configuration.output.checkpoints))
    }
    var summary = try trainer.run()
    try AdapterFolder.write(
      adapter, to: folder, baseModel: model.name, revision: model.commit ?? configuration.model.revision,
      force: true)
    summary.adapterPath = folder + "/" + AdapterFolder.arrayFileName
    sink(.finished(summary))
    return summary
  }

  // MARK: - Parts

  private func computeContext() -> ComputeContext {
    let description = BLASDescription.current()
    let wanted = configuration.training.threads
    let context = ComputeContext(threadCount: wanted > 0 ? wanted : description.processorCount)
    sink(
      .backend(
        description: description.configuration, kernel: description.kernel,
        threadCount: context.threadCount))
    return context
  }

  private func loadModel(_ context: ComputeContext) throws -> CausalLM {
    let network = try CausalLM(model: model, context: context)
    let positions = network.plan.maximumPositions
    guard configuration.model.maxSequenceLength <= positions else {
      throw TrainingError.sequenceTooLong(
        configured: configuration.model.maxSequenceLength, positions: positions)
    }
    sink(
      .modelLoaded(
        name: model.name, parameterCount: network.plan.parameterCount,
        layerCount: network.plan.layerCount))
    return network
  }

  private func makeAdapter(_ plan: ModelPlan) throws -> LoRAAdapter {
    let lora = configuration.lora
    let shape = lora.shape
    let adapter: LoRAAdapter
    if let initial = lora.initialAdapter {
      adapter = try AdapterFolder.read(initial, for: plan)
      try requireSame(shape, adapter.shape)
    } else {
      adapter = try LoRAAdapter(shape, for: plan, seed: UInt64(configuration.training.seed))
    }
    sink(
      .adapterReady(
        parameterCount: adapter.parameters.layout.count, modules: shape.targets.map(\.rawValue),
        rank: shape.rank, alpha: shape.alpha, isContinued: lora.initialAdapter != nil))
    return adapter
  }

  /// An adapter that is continued must be what the configuration says, dropout aside.
  private func requireSame(_ wanted: AdapterShape, _ found: AdapterShape) throws {
    func names(_ shape: AdapterShape) -> String { shape.targets.map(\.rawValue).joined(separator: ", ") }
    let pairs = [
      ("rank", "\(found.rank)", "\(wanted.rank)"), ("alpha", "\(found.alpha)", "\(wanted.alpha)"),
      ("target_modules", names(found), names(wanted)),
    ]
    for (key, adapter, configuration) in pairs where adapter != configuration {
      throw AdapterError.differs(key: key, adapter: adapter, configuration: configuration)
    }
  }

  private func loadData() throws -> (train: [TrainingExample], validation: [TrainingExample], hash: String) {
    let folder = configuration.data.shards
    guard FileManager.default.fileExists(atPath: folder + "/" + Manifest.fileName) else {
      throw TrainingError.notPrepared(folder: folder)
    }
    let manifest = try Manifest(directory: folder)
    let tokenizerHash = try SHA256.hash(fileAt: model.path + "/tokenizer.json")
    guard manifest.model.tokenizerHash == tokenizerHash else {
      throw TrainingError.tokenizerDiffers(
        shards: manifest.model.tokenizerHash, model: tokenizerHash)
    }
    func read(_ split: String) throws -> [TrainingExample] {
      guard manifest.splits.contains(where: { $0.name == split }) else { return [] }
      let shards = try ShardDataset(directory: folder + "/" + split)
      return try (0..<shards.count).map { TrainingExample(try shards.example(at: $0)) }
    }
    let train = try read("train")
    let validation = try read("validation")
    let limit = configuration.model.maxSequenceLength
    sink(
      .dataLoaded(
        rows: train.count, desirable: train.count { $0.label }, undesirable: train.count { !$0.label },
        validationRows: validation.count,
        truncated: train.count { $0.prompt.count + $0.completion.count > limit }))
    return (train, validation, manifest.root)
  }

  private var settings: TrainerSettings {
    let (training, kto) = (configuration.training, configuration.kto)
    return TrainerSettings(
      loss: KTOLoss(
        beta: kto.beta, desirableWeight: kto.lambdaDesirable, undesirableWeight: kto.lambdaUndesirable),
      estimator: ReferencePointEstimator(kto), maxSteps: training.maxSteps, epochs: training.epochs,
      batchSize: training.perDeviceBatchSize, accumulation: training.gradientAccumulationSteps,
      learningRate: training.learningRate, warmupSteps: training.warmupSteps,
      weightDecay: training.weightDecay, maxGradientNorm: training.maxGradientNorm,
      order: training.order == .shuffled ? .shuffled : .sequential, seed: UInt64(training.seed),
      maxSequenceLength: configuration.model.maxSequenceLength,
      isCheckpointed: training.gradientCheckpointing, checkpointSteps: training.checkpointSteps,
      checkpointFolder: configuration.output.checkpoints)
  }

  private func identity(dataHash: String) -> RunIdentity {
    RunIdentity(
      dataHash: dataHash, modelName: model.name,
      modelRevision: model.commit ?? configuration.model.revision, loraRank: configuration.lora.rank,
      loraAlpha: configuration.lora.alpha, targetModules: configuration.lora.targetModules,
      seed: configuration.training.seed, batchSize: configuration.training.perDeviceBatchSize,
      accumulation: configuration.training.gradientAccumulationSteps)
  }

  /// What an earlier run left and this one would mix with.
  /// - Throws: `TrainingError.outputExists` unless `force` allows to replace it.
  private func earlierOutputs(force: Bool) throws -> [String] {
    let output = configuration.output
    let names = (try? FileManager.default.contentsOfDirectory(atPath: output.checkpoints)) ?? []
    let checkpoints = names.filter { $0 == "best_checkpoint.npz" || $0.hasPrefix("checkpoint_step_") }
      .sorted().map { output.checkpoints + "/" + $0 }
    let others = [output.finalModel + "/" + AdapterFolder.arrayFileName, output.logs + "/training.jsonl"]
    let existing = checkpoints + others.filter { FileManager.default.fileExists(atPath: $0) }
    if let first = existing.first, !force { throw TrainingError.outputExists(path: first) }
    return existing
  }
}

extension TrainingExample {
  init(_ example: TokenizedExample) {
    self.init(
      id: example.id, group: example.group, prompt: example.promptIDs, completion: example.completionIDs,
      label: example.label, weight: example.weight ?? 1)
  }
}
