package import KTOCore
package import KTOModels

/// Everything that a run needs to go on as if it had not stopped: adapter, optimizer, random state, position.
package struct TrainingState {
  package init(adapter: ParameterSet, generator: SeededGenerator, identity: RunIdentity) {
    self.adapter = adapter
    firstMoment = ParameterSet(adapter.layout)
    secondMoment = ParameterSet(adapter.layout)
    self.generator = generator
    self.identity = identity
  }

  /// Optimizer steps done.
  package var step = 0
  /// Matched tokens seen.
  package var tokenCount = 0
  package var desirableCount = 0
  package var undesirableCount = 0
  /// The losses of all steps so far.
  package var losses: [Double] = []
  package var bestLoss = Double.infinity
  package var bestStep = 0
  package var adapter: ParameterSet
  package var firstMoment: ParameterSet
  package var secondMoment: ParameterSet
  /// Draws the seeds of the adapter's dropout.
  package var generator: SeededGenerator
  /// What the frozen model has scored so far.
  var reference = ReferenceCache()
  /// What the run was started with; a checkpoint of another run is refused.
  package var identity: RunIdentity
}

/// What must be the same for a checkpoint to be continued.
package struct RunIdentity: Sendable, Equatable {
  /// SHA-256 over the shards, from their manifest.
  package var dataHash: String
  package var modelName: String
  package var modelRevision: String
  package var loraRank: Int
  package var loraAlpha: Double
  package var targetModules: [String]
  package var seed: Int
  package var batchSize: Int
  package var accumulation: Int

  package init(
    dataHash: String, modelName: String, modelRevision: String, loraRank: Int, loraAlpha: Double,
    targetModules: [String], seed: Int, batchSize: Int, accumulation: Int
  ) {
    self.dataHash = dataHash
    self.modelName = modelName
    self.modelRevision = modelRevision
    self.loraRank = loraRank
    self.loraAlpha = loraAlpha
    self.targetModules = targetModules
    self.seed = seed
    self.batchSize = batchSize
    self.accumulation = accumulation
  }

  /// As the checkpoint keeps it; compared as text, which names what differs.
  var members: [(key: String, value: JSONValue)] {
    [
      ("data_hash", .string(dataHash)), ("model", .string(modelName)), ("revision", .string(modelRevision)),
      ("lora_rank", .integer(loraRank)), ("lora_alpha", .double(loraAlpha)),
      ("target_modules", .items(targetModules.map(JSONValue.string))), ("seed", .integer(seed)),
      ("per_device_batch_size", .integer(batchSize)), ("gradient_accumulation_steps", .integer(accumulation)),
    ]
  }
}
