internal import Foundation
internal import KTOCore
internal import KTOData
package import KTOHub
internal import KTOKernels
internal import KTOModels
package import KTOTrain

/// A training run from a configuration: shards and model in, adapter, checkpoints and records out.
package struct TrainingSession {
  private let configuration: RunConfiguration
  private let model: ModelFolder
  private let now: () -> Double
  private let sink: (TrainingEvent) throws -> Void

  /// - Parameters:
  ///   - model: the folder that `configuration.model.name` was found in.
  ///   - now: seconds since some fixed moment.
  ///   - sink: takes the events as they happen; an error that it throws ends the run.
  package init(
    _ configuration: RunConfiguration, model: ModelFolder, now: @escaping () -> Double,
    sink: @escaping (TrainingEvent) throws -> Void
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
  /// - Throws: `TrainingError`, `CheckpointError`, `AdapterError`, `ModelError`, `TensorFileError`, `TokenizerError`,
  ///   `ShardError`, `FileError`, and what the sink throws.
  package func run(resumes: Bool, force: Bool) throws -> TrainingSummary {
    let output = EarlierOutput(configuration.output)
    if !resumes { try output.check(force: force) }
    let context = try computeContext()
    let data = try PreparedData(folder: configuration.data.shards, model: model)
    try sink(data.loaded(maxLength: configuration.model.maxSequenceLength))
    let network = try loadModel(context)
    let adapter = try makeAdapter(network.plan)
    try sink(.referenceCreated)
    let trainer = try Trainer(
      model: network, adapter: adapter, train: data.train, validation: data.validation,
      settings: TrainerSettings(configuration), identity: identity(dataRoot: data.root), now: now, sink: sink)
    // Only now, when all that can be missing has been found, is anything of an earlier run touched.
    if !resumes { try output.remove() }
    try makeDirectory(configuration.output.checkpoints)
    if resumes {
      try trainer.resume(from: CheckpointFile.latest(in: configuration.output.checkpoints))
    }
    var summary = try trainer.run()
    let folder = configuration.output.finalModel
    try AdapterFolder.write(
      adapter, to: folder, baseModel: model.name, revision: model.commit ?? configuration.model.revision,
      force: true)
    summary.adapterPath = folder + "/" + AdapterFolder.arrayFileName
    try sink(.finished(summary))
    return summary
  }

  // MARK: - Parts

  private func computeContext() throws -> ComputeContext {
    let description = try BLASDescription.current()
    let wanted = configuration.training.threads
    let context = ComputeContext(threadCount: wanted > 0 ? wanted : description.processorCount)
    try sink(
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
    try sink(
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
    try sink(
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

  private func identity(dataRoot: String) -> RunIdentity {
    RunIdentity(configuration, dataRoot: dataRoot, modelCommit: model.commit)
  }
}
