internal import Foundation
internal import KTOHub
internal import KTOModels
internal import KTOTrain

extension ModelCard {
  /// What a finished run says of its adapter.
  /// - Parameter validation: the last one; nil where nothing was validated.
  init(
    training settings: TrainerSettings, _ adapter: LoRAAdapter, _ summary: TrainingSummary,
    data: PreparedData, model: ModelFolder, validation: ValidationMetrics?
  ) {
    let (loss, shape) = (settings.loss, adapter.shape)
    func text(_ number: Double) -> String { String(format: "%.4f", number) }
    var made: [(String, String)] = [("base model", "`\(model.name)`")]
    if let commit = model.commit { made.append(("commit", "`\(commit)`")) }
    made += [
      ("data", "\(data.train.rows.count) examples, root hash `\(data.root)`"),
      (
        "adapter",
        "LoRA\(shape.isRankStabilized ? " (rsLoRA)" : ""), rank \(shape.rank), alpha \(shape.alpha), dropout "
          + "\(shape.dropout), on \(shape.targets.map(\.rawValue).joined(separator: ", "))"
          + (shape.layers.map { " of layers \(LayerRanges.text($0))" } ?? "")
      ),
      (
        "loss",
        "\(loss.variant.name), beta \(loss.beta), lambda_d \(loss.desirableWeight), lambda_u "
          + "\(loss.undesirableWeight), reference point \(type(of: loss.estimator(settings.estimator)).name)"
      ),
      (
        "optimizer",
        "AdamW, learning rate \(settings.learningRate), \(settings.batchSize) × \(settings.accumulation) examples a step"
      ),
      ("seed", "\(settings.seed)"),
    ]
    var metrics: [(String, String)] = [
      ("steps", "\(summary.steps)"),
      ("examples", "\(summary.desirableCount) desirable, \(summary.undesirableCount) undesirable"),
      ("tokens", "\(summary.tokenCount)"),
      ("loss", "\(text(summary.firstLoss)) → \(text(summary.lastLoss))"),
      ("best loss", "\(text(summary.bestLoss)) at step \(summary.bestStep)"),
    ]
    if let validation {
      metrics.append(("validation loss", "\(text(validation.loss)) over \(validation.rowCount) examples"))
      for (name, metric) in [
        ("validation reward, desirable", Metric.chosenReward),
        ("validation reward, undesirable", .rejectedReward),
      ] {
        if let value = validation[metric] { metrics.append((name, text(value))) }
      }
    }
    self.init(
      library: "peft", baseModel: model.name, title: "A KTO adapter for \(model.name)",
      introduction:
        "Trained by KTO (Kahneman-Tversky Optimization, arXiv:2402.01306) with kto-data. PEFT loads this folder"
        + " (`adapter_model.safetensors`), and so does mlx-lm (`adapters.safetensors`).",
      sections: [Section("Made from", made), Section("Training", metrics)])
  }
}
