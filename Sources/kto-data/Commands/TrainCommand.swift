internal import ArgumentParser
internal import Foundation
internal import KTOData
internal import KTORun
internal import KTOTrain

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a LoRA adapter by KTO on prepared shards.",
    discussion: """
      Reads the shards that prepare wrote and the model from the Hugging Face cache; writes checkpoints, logs and the \
      adapter where the configuration's output section says.

      EXAMPLES:
        kto-data train --config config/config_test_kto.yaml
        kto-data train --config config/config_test_kto.yaml --resume
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions

  @Flag(help: "Go on from the last checkpoint of the same run.")
  var resume = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let loaded = try configuration.load()
    let model = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
    let recorder = TrainingRecorder(
      loaded.output.recorders, folder: loaded.output.logs, appends: resume,
      timestamp: { Date().formatted(.iso8601) })
    let progress = TrainingProgress(options)
    let session = TrainingSession(
      loaded, model: model, now: { Date().timeIntervalSinceReferenceDate },
      sink: { event in
        progress.show(event)
        try recorder.record(event)
      })
    _ = try session.run(resumes: resume, force: options.force)
  }
}
