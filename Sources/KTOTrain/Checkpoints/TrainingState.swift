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
  /// Whether what decides the best checkpoint is still to be measured after this step.
  package var isMeasurementPending = false
  /// What the step measured, where its recording failed.
  var unrecorded: StepMetrics?
  package var adapter: ParameterSet
  package var firstMoment: ParameterSet
  package var secondMoment: ParameterSet
  /// Draws the seeds of the adapter's dropout.
  package var generator: SeededGenerator
  /// What the frozen model has scored so far.
  var reference = ReferenceCache()
  /// What the estimator of the reference point keeps.
  var estimator: [Double] = []
  /// What the run was started with; a checkpoint of another run is refused.
  package var identity: RunIdentity
}
