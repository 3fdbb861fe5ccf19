internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun
internal import KTOTrain

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Say how long a training run will take, and how much memory.",
    discussion: """
      Computes two steps of the run, the longest and one of middling length, throws them away, and judges all others and the \
      validations by how much there is to compute. Reads what train reads and writes nothing. Steps whose reference scores \
      are known already, as in the second pass over the data, are shorter. The figures hold for this machine as it is: \
      other work on its cores makes them larger.

      EXAMPLES:
        kto-data plan --config config/config_test_kto.yaml
        kto-data plan --config config/config_test_kto.yaml --json
      """)

  @Flag(help: "Write one JSON object.")
  var json = false

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: OutputOptions

  func run() throws {
    let loaded = try configuration.load()
    let model = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
    let progress = ProgressLine(options)
    let session = TrainingSession(
      loaded, model: model, now: monotonicSeconds,
      sink: { event in
        if case .warning(let text) = event { options.terminal.error.warn(text) }
      })
    var done = 0
    let forecast = try session.forecast { step, tokens in
      progress.show("step \(step)", done: done, of: 2, unit: "steps", detail: "\(tokens) tokens")
      done += 1
    }
    progress.end()
    let memory = Machine.peakMemory()
    print(json ? object(forecast, memory).jsonText : text(forecast, memory))
  }

  private func text(_ forecast: RunForecast, _ memory: Int?) -> String {
    let steps = forecast.stepSeconds
    var lines = forecast.probes.map {
      "computed      step \($0.step), \($0.tokenCount) tokens: \(duration($0.seconds))"
    }
    lines.append("steps         \(steps.count), \(forecast.stepsPerEpoch) in a pass over the data")
    lines.append(
      "a step        \(duration(forecast.trainingSeconds / Double(max(steps.count, 1)))) on average, "
        + "\(duration(steps.min() ?? 0)) to \(duration(steps.max() ?? 0))")
    lines.append("training      \(duration(forecast.trainingSeconds))")
    if let first = forecast.validationSeconds.first {
      lines.append(
        "validation    \(counted(forecast.validationSeconds.count, "time")) \(counted(forecast.validationRowCount, "row")): "
          + "\(duration(first)) at first, "
          + "\(duration(forecast.validationSeconds.reduce(0, +))) in all")
    }
    lines.append("total         \(duration(forecast.totalSeconds))")
    if let memory { lines.append("memory        \(memoryText(memory)) at the longest step") }
    return lines.joined(separator: "\n")
  }

  private func memoryText(_ bytes: Int) -> String {
    bytes < 1 << 30 ? "\(bytes >> 20) MiB" : "\(decimal(Double(bytes) / Double(1 << 30), digits: 2)) GiB"
  }

  private func object(_ forecast: RunForecast, _ memory: Int?) -> JSONValue {
    .members([
      "probes": .items(
        forecast.probes.map {
          .members([
            "step": .integer($0.step), "tokens": .integer($0.tokenCount), "seconds": .double($0.seconds),
          ])
        }),
      "steps": .integer(forecast.stepSeconds.count),
      "steps_per_epoch": .integer(forecast.stepsPerEpoch),
      "seconds_per_step": .double(forecast.trainingSeconds / Double(max(forecast.stepSeconds.count, 1))),
      "training_seconds": .double(forecast.trainingSeconds),
      "validations": .integer(forecast.validationSeconds.count),
      "validation_seconds": .double(forecast.validationSeconds.reduce(0, +)),
      "total_seconds": .double(forecast.totalSeconds),
      "peak_memory_bytes": memory.map { .integer($0) } ?? .null,
    ])
  }
}
