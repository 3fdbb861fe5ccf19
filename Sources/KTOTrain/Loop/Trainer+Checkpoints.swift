internal import KTOCore

/// What a run keeps: checkpoints, the best of them by validation, and what is saved where it ends early.
extension Trainer {
  /// Whether a step is followed by a measurement: at every checkpoint step and at the end.
  func isMeasured(_ step: Int) -> Bool { isCheckpointStep(step) || step == totalSteps }

  /// Saves, measures, and keeps the best.
  ///
  /// The checkpoint is written before a validation, which may take long, and once more with what it found. One that was
  /// written before says so, and who resumes from it measures first.
  func keep() throws {
    if validationRowCount > 0, isCheckpointStep(state.step) { try saveCheckpoint() }
    try finishMeasurement()
  }

  /// Measures where that is still to be done after this step, unless somebody asks to stop meanwhile.
  func finishMeasurement() throws {
    guard state.isMeasurementPending else { return }
    let validated = try validate()
    if validationRowCount > 0, validated == nil { return }
    state.isMeasurementPending = false
    let loss = validated?.loss ?? smoothedLoss
    let isBest = loss < state.bestLoss
    if isBest { (state.bestLoss, state.bestStep) = (loss, state.step) }
    if let validated { try tell(.validation(validated)) }
    if let folder = settings.checkpointFolder,
      lastCheckpoint == CheckpointFile.path(folder: folder, step: state.step)
    {
      try writeCheckpoint(to: CheckpointFile.path(folder: folder, step: state.step))
    } else if isCheckpointStep(state.step) {
      try saveCheckpoint()
    }
    if isBest { try saveBest() }
  }

  /// Writes the best checkpoint again where a resumed run begins at it: the run before may have ended between the two.
  func restoreBest() throws {
    guard state.step > 0, state.bestStep == state.step, lastCheckpoint != nil,
      let folder = settings.checkpointFolder
    else { return }
    try write(to: CheckpointFile.bestPath(folder: folder))
  }

  /// Saves the position that a run is left at, unless that has been done.
  /// - Returns: the checkpoint to go on from; nil before the first step, or where no checkpoints are kept.
  func saveWhereStopped() throws -> String? {
    guard state.step > 0, let folder = settings.checkpointFolder else { return nil }
    let path = CheckpointFile.path(folder: folder, step: state.step)
    if lastCheckpoint != path { try saveCheckpoint() }
    return path
  }

  /// What ends a run whose sink failed: the steps since `firstStep` are saved first.
  func afterSinkFailure(_ failure: SinkFailure, since firstStep: Int) -> any Error {
    guard state.step > firstStep, let folder = settings.checkpointFolder else { return failure.error }
    let path = CheckpointFile.path(folder: folder, step: state.step)
    var problem: String?
    // Whoever watches hears nothing any more.
    if lastCheckpoint != path {
      do {
        takeUpComputation()
        try CheckpointFile.write(state, to: path)
        lastCheckpoint = path
      } catch { problem = "\(error)" }
    }
    return TrainingError.recordingFailed(
      step: state.step, reason: "\(failure.error)", lastCheckpoint: lastCheckpoint, problem: problem)
  }

  /// Seconds until the end, validations included.
  /// - Parameter validatedRows: how much of the validation after this step is done.
  func secondsLeft(validatedRows: Int = 0) -> Double {
    var validations = 0
    if validationRowCount > 0 {
      let (every, step) = (settings.checkpointSteps, state.step)
      validations = every > 0 ? totalSteps / every - step / every : 0
      if !isCheckpointStep(totalSteps), step < totalSteps { validations += 1 }
      if state.isMeasurementPending { validations += 1 }
    }
    return pace.secondsLeft(
      steps: totalSteps - state.step, validatedRows: validations * validationRowCount - validatedRows)
  }

  // MARK: - Parts

  private func isCheckpointStep(_ step: Int) -> Bool {
    settings.checkpointSteps > 0 && step % settings.checkpointSteps == 0
  }

  private func saveCheckpoint() throws {
    guard let folder = settings.checkpointFolder else { return }
    let path = CheckpointFile.path(folder: folder, step: state.step)
    try writeCheckpoint(to: path)
    try tell(.checkpointSaved(step: state.step, path: path, isBest: false))
  }

  private func writeCheckpoint(to path: String) throws {
    try write(to: path)
    lastCheckpoint = path
  }

  private func write(to path: String) throws {
    takeUpComputation()
    do { try CheckpointFile.write(state, to: path) } catch {
      throw TrainingError.recordingFailed(
        step: state.step, reason: "\(error)", lastCheckpoint: lastCheckpoint, problem: nil)
    }
  }

  private func saveBest() throws {
    guard let folder = settings.checkpointFolder else { return }
    let path = CheckpointFile.bestPath(folder: folder)
    try write(to: path)
    try tell(.checkpointSaved(step: state.step, path: path, isBest: true))
  }

  private func takeUpComputation() {
    state.reference = computation.cache
    state.estimator = computation.estimator.state
  }

  /// The mean of the last ten steps' losses: what stands in for a validation loss where there is no such split.
  private var smoothedLoss: Double {
    let recent = state.losses.suffix(10)
    return recent.reduce(0, +) / Double(max(recent.count, 1))
  }

  /// The validation after this step; nil where there is none, or somebody asked to stop before its end.
  private func validate() throws -> ValidationMetrics? {
    let start = now()
    var (rowsDone, moment) = (0, start)
    let result = try validation?.measure(estimator: computation.estimator) { rows, total in
      pace.addValidation(seconds: now() - moment, rows: rows - rowsDone)
      (rowsDone, moment) = (rows, now())
      try tell(
        .validating(
          step: state.step, rows: rows, of: total, secondsLeft: secondsLeft(validatedRows: rows)))
      return !shouldStop()
    }
    guard let result else { return nil }
    if let what = result.notFinite { throw notFinite("in validation, \(what)") }
    return ValidationMetrics(
      step: state.step, epoch: epochs(after: state.step), rowCount: validationRowCount, loss: result.loss,
      seconds: now() - start, mean: result.mean)
  }
}
