internal import KTOCore
internal import KTOData
package import KTOTrain

extension TrainerSettings {
  /// What a configuration says of the loop.
  /// - Throws: `TrainingError.unknownName`.
  package init(_ configuration: RunConfiguration) throws {
    let training = configuration.training
    self.init(
      loss: try configuration.kto.makeLoss(), estimator: try configuration.kto.makeEstimator(),
      maxSteps: training.maxSteps, epochs: training.epochs, batchSize: training.perDeviceBatchSize,
      accumulation: training.gradientAccumulationSteps, learningRate: training.learningRate,
      warmupSteps: training.warmupSteps, weightDecay: training.weightDecay,
      maxGradientNorm: training.maxGradientNorm, order: training.order, seed: UInt64(training.seed),
      maxLength: configuration.model.maxSequenceLength, isCheckpointed: training.gradientCheckpointing,
      checkpointSteps: training.checkpointSteps, checkpointFolder: configuration.output.checkpoints)
    plusRatio = configuration.lora.plusRatio
  }
}

extension RunIdentity {
  /// Keys that say which model it is only where no commit does.
  static let namesOfModel: Set = ["model.name", "model.revision"]

  /// The configuration without the keys that may change on a resume, the data and the model.
  /// - Parameters:
  ///   - dataRoot: the root hash of the manifest.
  ///   - modelCommit: nil for a model that is in no cache. A commit says which model it is whatever the model is called,
  ///     so name and revision count only without one.
  package init(_ configuration: RunConfiguration, dataRoot: String, modelCommit: String?) {
    let changeable = RunConfiguration.keysChangedOnRequest
    var members = configuration.leaves(without: .mayChangeOnResume)
      .filter { modelCommit == nil || !Self.namesOfModel.contains($0.path) }
      .map { Member($0.path, $0.value, isFixed: !changeable.contains($0.path)) }
    if let modelCommit { members.append(Member("model.commit", .string(modelCommit), isFixed: true)) }
    members.append(Member("data.root", .string(dataRoot), isFixed: true))
    self.init(members)
  }
}

extension RunConfiguration {
  /// The keys that may have another value in a resumed run where the user says so, by their dotted paths.
  package static var keysChangedOnRequest: [String] {
    RunConfiguration().leaves(without: [.mayChangeOnResume, .fixedByCheckpoint]).map(\.path)
  }
}
