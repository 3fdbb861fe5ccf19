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
  private let shouldStop: () -> Bool
  private let sink: (TrainingEvent) throws -> Void

  /// - Parameters:
  ///   - model: the folder that `configuration.model.name` was found in.
  ///   - now: seconds since some fixed moment.
  ///   - shouldStop: asked between steps; the run is saved and left where it says yes.
  ///   - sink: takes the events as they happen; an error that it throws ends the run after a checkpoint was saved.
  package init(
    _ configuration: RunConfiguration, model: ModelFolder, now: @escaping () -> Double,
    shouldStop: @escaping () -> Bool = { false },
    sink: @escaping (TrainingEvent) throws -> Void
  ) {
    self.configuration = configuration
    self.model = model
    self.now = now
    self.shouldStop = shouldStop
    self.sink = sink
  }

  /// How a run begins.
  package enum Beginning: Sendable, Equatable {
    case new
    /// From the last checkpoint, or at the beginning where there is none; the keys may have other values than in it.
    /// - `from`: another checkpoint than the last.
    case resumed(allowing: Set<String> = [], from: String? = nil)
  }

  /// Trains to the end and writes the adapter, or is left where it is asked to stop.
  ///
  /// What can be found wrong is found before the model is loaded, and before anything of an earlier run is touched.
  /// - Parameter force: replace the outputs of an earlier run.
  /// - Throws: `TrainingError`, `CheckpointError`, `AdapterError`, `ModelError`, `HubError`, `TensorFileError`,
  ///   `TokenizerError`, `ShardError`, `FileError`, and what the sink throws.
  package func run(_ beginning: Beginning = .new, force: Bool = false) throws -> TrainingSummary {
    var settings = try TrainerSettings(configuration)
    try settings.checkBatchSize()
    let plan = try modelPlan()
    let adapter = try makeAdapter(plan)
    let data = try PreparedData(folder: configuration.data.shards, model: model)
    let identity = RunIdentity(configuration, dataRoot: data.root, modelCommit: model.commit)
    let folders = try OutputFolders(configuration.output)
    defer { folders.unlock() }
    try folders.requireRoom(parameterCount: adapter.parameters.layout.count)
    let start = try start(beginning, identity, folders, force: force)

    let context = try computeContext()
    try report(data)
    if configuration.kto.weights == .auto { try balance(&settings, for: data.train) }
    let network = try CausalLM(model: model, context: context)
    try report(network, adapter)
    var validation: ValidationMetrics?
    let trainer = try Trainer(
      model: network, adapter: adapter, train: data.train, validation: data.validation, settings: settings,
      identity: identity, referenceStore: try referenceStore(), now: now, shouldStop: shouldStop,
      sink: { event in
        if case .validation(let metrics) = event { validation = metrics }
        try sink(event)
      })
    // Only now, when all that can be missing has been found, is anything of an earlier run touched.
    start.replaced.forEach(removeFile)
    try folders.write(RunRecord(identity: identity, model: model))
    if let checkpoint = start.checkpoint {
      try orDamaged(checkpoint) { try trainer.resume(from: checkpoint, allowing: start.allowed) }
    } else if beginning != .new {
      try sink(.restarted(folder: folders.checkpoints.path))
    }
    var summary = try trainer.run()
    guard summary.stop == nil else { return summary }
    try AdapterFolder.write(
      adapter, for: AdaptedModel(name: model.name, revision: model.hubCommit, plan: plan),
      to: folders.finalModel.path,
      card: ModelCard(training: settings, adapter, summary, data: data, model: model, validation: validation),
      force: true)
    summary.adapterPath = folders.finalModel.path + "/" + AdapterFolder.arrayFileName
    try sink(.finished(summary))
    return summary
  }

  /// What the run would take, from two of its steps, which are computed and thrown away: no folder is made, no file
  /// touched.
  /// - Parameter tell: hears of each of the two before it is computed: its number from 1, and its tokens.
  /// - Throws: as `run` does before its first step.
  package func forecast(tell: (Int, Int) throws -> Void) throws -> RunForecast {
    var settings = try TrainerSettings(configuration)
    try settings.checkBatchSize()
    let plan = try modelPlan()
    let adapter = try makeAdapter(plan)
    let data = try PreparedData(folder: configuration.data.shards, model: model)
    let context = try computeContext()
    try report(data)
    if configuration.kto.weights == .auto { try balance(&settings, for: data.train) }
    let network = try CausalLM(model: model, context: context)
    try report(network, adapter)
    let trainer = try Trainer(
      model: network, adapter: adapter, train: data.train, validation: data.validation, settings: settings,
      identity: RunIdentity(configuration, dataRoot: data.root, modelCommit: model.commit), now: now,
      sink: sink)
    return try trainer.forecast(tell: tell)
  }

  // MARK: - Where it begins

  private struct Start {
    /// Nil at the beginning.
    var checkpoint: String?
    var allowed: Set<String> = []
    /// Files of earlier runs that are to be removed.
    var replaced: [String] = []
  }

  private func start(
    _ beginning: Beginning, _ identity: RunIdentity, _ folders: OutputFolders, force: Bool
  ) throws -> Start {
    let earlier = EarlierOutput(folders)
    guard case .resumed(let allowed, let chosen) = beginning else {
      return Start(replaced: try earlier.replaced(by: identity, force: force))
    }
    let checkpoint: String
    do {
      checkpoint = try chosen ?? CheckpointFile.latest(in: folders.checkpoints.path)
    } catch is CheckpointError {
      // The run was left before its first checkpoint, or never began.
      let own = force ? nil : RunRecord.identity(in: folders.checkpoints.path)
      if let own {
        let path = folders.checkpoints.path + "/" + RunRecord.fileName
        _ = try identity.changes(from: own, of: path, allowing: allowed)
      }
      return Start(
        replaced: try earlier.replaced(byResuming: identity, from: own, isAtCheckpoint: false, force: force))
    }
    let origin = try orDamaged(checkpoint) { try CheckpointFile.identity(of: checkpoint) }
    _ = try identity.changes(from: origin, of: checkpoint, allowing: allowed)
    return Start(
      checkpoint: checkpoint, allowed: allowed,
      replaced: try earlier.replaced(
        byResuming: identity, from: origin, isAtCheckpoint: true, force: force))
  }

  /// Says of a checkpoint that cannot be read which one was written before it.
  private func orDamaged<T>(_ checkpoint: String, _ body: () throws -> T) throws -> T {
    func damaged(_ error: any Error) -> CheckpointError {
      // The path stands before it already.
      .damaged(
        path: checkpoint, reason: "\(error)".replacing(checkpoint + ": ", with: "", maxReplacements: 1),
        before: CheckpointFile.newestReadable(before: checkpoint))
    }
    do { return try body() } catch let error as TensorFileError {
      throw damaged(error)
    } catch let error as CheckpointError {
      guard case .invalid = error else { throw error }
      throw damaged(error)
    }
  }

  // MARK: - Parts

  /// Named by all that the reference's numbers depend on: the weights and what config.json makes of them.
  private func referenceStore() throws -> ReferenceStore? {
    guard let folder = configuration.training.referenceCache else { return nil }
    var hash = SHA256()
    for file in ["config.json"] + (try model.weightFiles()) {
      hash.update(Array("\(file) \(try contentHash(of: file))\n".utf8))
    }
    let store = try ReferenceStore(folder: folder, model: String(hash.finish().prefix(16)))
    if store.damagedCount > 0 {
      try sink(
        .warning("\(store.path) is damaged in \(store.damagedCount) places; what was lost is scored again"))
    }
    return store
  }

  /// The SHA-256 of a file of the model. A blob of a cache is called by it.
  private func contentHash(of file: String) throws -> String {
    let path = try model.required(file)
    let blob = URL(filePath: path).resolvingSymlinksInPath().lastPathComponent
    if blob.count == 64, blob.allSatisfy(\.isHexDigit) { return blob }
    return try SHA256.hash(fileAt: path)
  }

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

  private func modelPlan() throws -> ModelPlan {
    _ = try model.required("config.json")
    let plan = try ModelPlan(folder: model.path)
    guard configuration.model.maxSequenceLength <= plan.maximumPositions else {
      throw TrainingError.sequenceTooLong(
        configured: configuration.model.maxSequenceLength, positions: plan.maximumPositions)
    }
    return plan
  }

  private func balance(_ settings: inout TrainerSettings, for feed: TrainingFeed) throws {
    let counts = ClassCounts(
      desirable: feed.rows.count { $0.label }, undesirable: feed.rows.count { !$0.label })
    var masses = ClassMasses()
    for row in feed.rows { masses.add(row.weight, label: row.label) }
    guard let loss = settings.loss.balanced(for: masses),
      let ratio = masses.ratio(
        desirableWeight: loss.desirableWeight, undesirableWeight: loss.undesirableWeight)
    else {
      try sink(.warning("the examples are of one class, so there is nothing to balance: both weights are 1"))
      return
    }
    settings.loss = loss
    try sink(
      .balanced(
        desirable: loss.desirableWeight, undesirable: loss.undesirableWeight, counts: counts, ratio: ratio))
  }

  private func report(_ data: PreparedData) throws {
    let limit = configuration.model.maxSequenceLength
    try sink(data.loaded(maxLength: limit))
    if limit > data.maxLength {
      try sink(
        .warning(
          "the data was prepared for max_seq_length \(data.maxLength), not \(limit): longer completions were cut there"
        ))
    }
  }

  private func report(_ network: CausalLM, _ adapter: LoRAAdapter) throws {
    try sink(
      .modelLoaded(
        name: model.name, parameterCount: network.plan.parameterCount,
        layerCount: network.plan.layerCount))
    let shape = adapter.shape
    try sink(
      .adapterReady(
        parameterCount: adapter.parameters.layout.count, modules: shape.targets.map(\.rawValue),
        layers: shape.layers.map(LayerRanges.text), rank: shape.rank, alpha: shape.alpha,
        isContinued: configuration.lora.initialAdapter != nil))
    if let initial = configuration.lora.initialAdapter {
      for text in try AdapterSource(initial).warnings(for: model) { try sink(.warning(text)) }
    }
    try sink(.referenceCreated)
  }

  private func makeAdapter(_ plan: ModelPlan) throws -> LoRAAdapter {
    let lora = configuration.lora
    guard let initial = lora.initialAdapter else {
      return try LoRAAdapter(lora.shape(for: plan), for: plan, seed: UInt64(configuration.training.seed))
    }
    let source = try AdapterSource(initial)
    for folder in [configuration.output.finalModel, configuration.output.checkpoints]
    where source.isIn(folder) {
      throw TrainingError.wouldReplaceInitialAdapter(folder: folder)
    }
    let adapter = try source.adapter(for: plan, of: model)
    try requireSame(lora.shape(for: plan), adapter.shape)
    return adapter
  }

  /// An adapter that is continued must be what the configuration says, dropout aside.
  private func requireSame(_ wanted: AdapterShape, _ found: AdapterShape) throws {
    func names(_ shape: AdapterShape) -> String { shape.targets.map(\.rawValue).joined(separator: ", ") }
    func layers(_ shape: AdapterShape) -> String { shape.layers.map(LayerRanges.text) ?? "all" }
    let pairs = [
      ("rank", "\(found.rank)", "\(wanted.rank)"), ("alpha", "\(found.alpha)", "\(wanted.alpha)"),
      ("target_modules", names(found), names(wanted)), ("layers", layers(found), layers(wanted)),
      ("rslora", "\(found.isRankStabilized)", "\(wanted.isRankStabilized)"),
    ]
    for (key, adapter, configuration) in pairs where adapter != configuration {
      throw AdapterError.differs(key: key, adapter: adapter, configuration: configuration)
    }
  }
}
