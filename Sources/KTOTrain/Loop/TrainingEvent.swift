package import KTOData

/// What a training run tells whoever watches it; the library itself prints nothing.
package enum TrainingEvent: Sendable, Equatable {
  /// The matrix library that computes, as it describes itself.
  case backend(description: String, kernel: String, threadCount: Int)
  case modelLoaded(name: String, parameterCount: Int, layerCount: Int)
  /// `layers` are ranges such as `0-9`; nil for all.
  case adapterReady(
    parameterCount: Int, modules: [String], layers: String?, rank: Int, alpha: Double, isContinued: Bool)
  case referenceCreated
  case dataLoaded(rows: Int, desirable: Int, undesirable: Int, validationRows: Int, truncated: Int)
  /// λ_D and λ_U were chosen for the counts of the classes; the ratio is λ_D n_D / (λ_U n_U).
  case balanced(desirable: Double, undesirable: Double, counts: ClassCounts, ratio: Double)
  case started(TrainingPlanSummary)
  /// `isMeasured` is false where the validation after that step, if there is one, is still to come.
  case resumed(step: Int, path: String, isMeasured: Bool)
  /// After `resumed`: what the run before measured in its last step and could not record.
  case unrecorded(StepMetrics)
  /// A run was to go on, but there was no checkpoint in the folder, so it begins at the beginning.
  case restarted(folder: String)
  case step(StepMetrics, of: Int, secondsLeft: Double)
  /// How many rows of a validation are done.
  case validating(step: Int, rows: Int, of: Int, secondsLeft: Double)
  case validation(ValidationMetrics)
  case checkpointSaved(step: Int, path: String, isBest: Bool)
  case warning(String)
  /// Somebody asked the run to stop; the checkpoint to go on from, nil where no step was taken.
  case stopped(step: Int, of: Int, path: String?)
  case finished(TrainingSummary)

  /// A name for machines that read the events.
  package var name: String {
    switch self {
    case .backend: "backend"
    case .modelLoaded: "model_loaded"
    case .adapterReady: "adapter_ready"
    case .referenceCreated: "reference_created"
    case .dataLoaded: "data_loaded"
    case .balanced: "balanced"
    case .started: "started"
    case .resumed: "resumed"
    case .unrecorded: "unrecorded"
    case .restarted: "restarted"
    case .step: "step"
    case .validating: "validating"
    case .validation: "validation"
    case .checkpointSaved: "checkpoint_saved"
    case .warning: "warning"
    case .stopped: "stopped"
    case .finished: "finished"
    }
  }
}

/// What is about to happen, for the log's head.
package struct TrainingPlanSummary: Sendable, Equatable {
  package var beta: Double
  package var lambdaDesirable: Double
  package var lambdaUndesirable: Double
  /// The names of the loss variant and of the estimator of the reference point.
  package var lossType: String
  package var estimator: String
  package var maxSteps: Int
  package var batchSize: Int
  package var accumulation: Int
  package var learningRate: Double
  package var maxLength: Int
  package var order: String
  package var rowCount: Int
  package var stepsPerEpoch: Int
  package var configuredEpochs: Double

  /// How many times the run goes over the data.
  package var passes: Double { Double(maxSteps) / Double(max(stepsPerEpoch, 1)) }
}

/// What a run came to.
package struct TrainingSummary: Sendable, Equatable {
  /// Optimizer steps done, those before a resume included.
  package var steps: Int
  /// Those that were done before.
  package var firstStep: Int
  package var firstLoss: Double
  package var lastLoss: Double
  package var bestLoss: Double
  package var bestStep: Int
  package var desirableCount: Int
  package var undesirableCount: Int
  /// Of this run alone.
  package var seconds: Double
  package var tokenCount: Int
  package var adapterPath: String
  /// Where it was left; nil for a run that came to its end.
  package var stop: StopPoint?
}

/// Where a run was left that somebody asked to stop.
package struct StopPoint: Sendable, Equatable {
  /// The checkpoint to go on from; nil where no step was taken.
  package var checkpoint: String?
}
