internal import KTOCore
internal import KTOData
package import KTOModels
internal import KTOTrain

/// A configuration for given data, model and machine: the defaults, but for what these call for.
package struct ConfigurationProposal: Sendable {
  package private(set) var configuration: RunConfiguration
  /// What a value rests on, by its key's dotted path, in the order of the keys.
  package private(set) var notes: [(path: String, text: String)] = []

  /// Where there is less, a validation split measures chance.
  static let rowsForValidation = 100
  /// An optimizer step has at most so many examples, where the data has enough for `stepsPerEpoch`.
  static let largestStep = 32
  static let stepsPerEpoch = 10

  /// - Parameters:
  ///   - start: where the data is, which model, and what else was decided already.
  ///   - plan: the model's sizes; nil where they are not known.
  ///   - memory: bytes available to training; nil where that is not known.
  ///   - cores: the processor's cores that training may use.
  package init(
    from start: RunConfiguration, survey: DataSurvey, plan: ModelPlan?, memory: Int?, cores: Int
  ) {
    configuration = start
    setLength(survey, positions: plan?.maximumPositions)
    setSplit(rows: survey.account.accepted.total)
    setTargets(plan)
    setBatch(rows: survey.account.accepted.total, plan, memory: memory)
    // The default takes every core, here and wherever else the file is used.
    note("training.threads", "Here there are \(counted(cores, "core")).")
    setWeights(survey.account.accepted)
  }

  /// The file, as `prepare` and `train` read it.
  package func yamlText(header: String) -> String {
    let comments = header.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
    let notes = Dictionary(notes.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    return comments + "\n" + configuration.yamlText(notes: notes)
  }

  private mutating func note(_ path: String, _ text: String) { notes.append((path, text)) }

  // MARK: - What each value follows from

  private mutating func setLength(_ survey: DataSurvey, positions: Int?) {
    let limit = positions ?? .max
    guard let longest = survey.lengths.last, let most = survey.length(ofPercent: 99) else {
      configuration.model.maxSequenceLength = min(configuration.model.maxSequenceLength, limit)
      return
    }
    // A few conversations that are far longer than all others would cost memory in every run.
    let usual = roundedUp(max(most, survey.longestPrompt + 1))
    let length = min(roundedUp(longest) <= 2 * usual ? roundedUp(longest) : usual, limit)
    configuration.model.maxSequenceLength = length
    let cutCount = survey.lengths.count { $0 > length }
    note(
      "model.max_seq_length",
      "The longest of \(counted(survey.lengths.count, "conversation")) has \(counted(longest, "token"))"
        + (most < longest ? ", 99 in 100 have at most \(most)" : "")
        + (cutCount > 0 ? "; \(cutCount) \(cutCount == 1 ? "is" : "are") cut" : "")
        + (length == limit ? "; the model has no more positions" : "") + ".")
  }

  /// The next power of two from 256 on.
  private func roundedUp(_ count: Int) -> Int {
    var length = 256
    while length < count, length < 1 << 20 { length *= 2 }
    return length
  }

  private mutating func setSplit(rows: Int) {
    guard rows < Self.rowsForValidation else { return }
    (configuration.data.split.train, configuration.data.split.validation) = (100, 0)
    note("data.split", "\(counted(rows, "example")) are too few to hold some back for measuring.")
  }

  /// Other linear layers than the default's where the model has these under one name.
  private mutating func setTargets(_ plan: ModelPlan?) {
    guard let plan else { return }
    let names = plan.adapterModules.map(\.rawValue)
    let missing = configuration.lora.targetModules.filter {
      (try? LoRAModule.chosen(by: [$0], in: plan)) == nil
    }
    guard !missing.isEmpty, let first = names.first else { return }
    configuration.lora.targetModules = [first]
    note(
      "lora.target_modules",
      "The model has no \(missing.joined(separator: " and no ")); its linear layers are"
        + " \(names.joined(separator: ", ")).")
  }

  private mutating func setBatch(rows: Int, _ plan: ModelPlan?, memory: Int?) {
    var batch = configuration.training.perDeviceBatchSize
    if let plan, let memory {
      let length = configuration.model.maxSequenceLength
      // Something must be left for everything else that runs.
      let room = memory / 10 * 7
      // A larger microbatch keeps the cores busier.
      batch = [8, 4].first { plan.trainingByteCount(tokens: $0 * length) <= room && $0 * 4 <= rows } ?? 2
      let need = plan.trainingByteCount(tokens: batch * length)
      configuration.training.gradientCheckpointing = need > room
      note(
        "training.per_device_batch_size",
        "Training takes about \(byteText(need)) at most with this model, batch and length; \(byteText(memory)) were available."
      )
      if need > room {
        note("training.gradient_checkpointing", "Without it training would take more memory than there was.")
      }
    }
    let examples = min(
      Self.largestStep, max(batch, rows * configuration.data.split.train / 100 / Self.stepsPerEpoch))
    configuration.training.perDeviceBatchSize = batch
    configuration.training.gradientAccumulationSteps = examples / batch
    let step = batch * (examples / batch)
    let steps = (rows * configuration.data.split.train / 100 + step - 1) / step
    note(
      "training.gradient_accumulation_steps",
      "\(counted(step, "example")) in an optimizer step make \(counted(steps, "step")) an epoch.")
  }

  private mutating func setWeights(_ classes: ClassCounts) {
    guard let ratio = classes.ratio(desirableWeight: 1, undesirableWeight: 1),
      let desirable = classes.desirableWeights, let undesirable = classes.undesirableWeights
    else { return }
    let found = "\(classes.desirable) examples are desirable, \(classes.undesirable) undesirable"
    guard !ClassCounts.recommendedRatio.contains(ratio) else {
      return note("kto.lambda_d", "\(found): equal weights suit them.")
    }
    let isDesirable = ratio < 1
    let range = isDesirable ? desirable : undesirable
    guard let weights = ClassMasses(classes).balancingWeights else { return }
    (configuration.kto.lambdaDesirable, configuration.kto.lambdaUndesirable) = weights
    note(
      isDesirable ? "kto.lambda_d" : "kto.lambda_u",
      "\(found): from \(decimal(range.lowerBound, digits: 2)) to \(decimal(range.upperBound, digits: 2)) is advised while the other weight is 1."
    )
  }
}

extension ModelPlan {
  /// Bytes that training a LoRA adapter takes at most, about: the weights in float32, and what each layer keeps of each
  /// token for the backward pass. A quarter is added for what lives shorter.
  func trainingByteCount(tokens: Int) -> Int {
    let norms = (normPlacement == .before ? 0 : 2 * hiddenSize) + (queryKeyNorm == .none ? 0 : attentionWidth)
    let kept = 2 * hiddenSize + attentionWidth + queryWidth + headCount + 2 * intermediateSize + norms
    let floats = Double(parameterCount) + 1.25 * Double(tokens) * Double(layerCount * kept)
    return Int(min(4 * floats, 1e18))
  }
}
