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

      Ctrl-C (SIGINT), SIGTERM and SIGHUP end the run after the step it is at, with a checkpoint to go on from and exit \
      code 130, 143 or 129; a second one ends it at once.

      EXAMPLES:
        kto-data train --config config/config_test_kto.yaml
        kto-data train --config config/config_test_kto.yaml --resume
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions

  @Flag(
    help: "Go on from the last checkpoint of the same run; from the beginning where there is none yet.")
  var resume = false

  @Option(
    name: .customLong("resume-from"),
    help: ArgumentHelp(
      "Go on from this checkpoint instead of the last, as where the last is damaged; steps after it are done again.",
      valueName: "file"),
    completion: .file(extensions: ["npz"]))
  var resumeFrom: String?

  @Option(
    name: .customLong("allow-changes"), parsing: .singleValue,
    help: ArgumentHelp(
      "With --resume: keys that may have another value than in the checkpoint, as in kto.beta,training.seed.",
      valueName: "key,…"))
  var allowedChanges: [String] = []

  @OptionGroup var options: OutputOptions

  private var allowedKeys: [String] {
    allowedChanges.flatMap { $0.split(separator: ",").map(String.init) }
  }

  private var isResumed: Bool { resume || resumeFrom != nil }

  func validate() throws {
    guard allowedChanges.isEmpty || isResumed else {
      throw ValidationError("--allow-changes goes with --resume or --resume-from")
    }
    let known = RunConfiguration.keysChangedOnRequest
    if let key = allowedKeys.first(where: { !known.contains($0) }) {
      throw ValidationError(
        "--allow-changes: \(key) is not one of \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    let loaded = try configuration.load()
    let model = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
    let recorder = TrainingRecorder(
      loaded.output.recorders, folder: loaded.output.logs, appends: isResumed,
      timestamp: { Date().formatted(.iso8601) })
    let progress = TrainingProgress(options)
    defer { progress.end() }
    // A run does not end with whoever watches it: the logs have everything.
    StopSignals.ignoreClosedPipes()
    let session = TrainingSession(
      loaded, model: model, now: monotonicSeconds, shouldStop: { StopSignals.received != nil },
      sink: { event in
        // Before this there is nothing to save.
        if case .started = event { StopSignals.note() }
        progress.show(event)
        try recorder.record(event)
      })
    let summary = try session.run(
      isResumed ? .resumed(allowing: Set(allowedKeys), from: resumeFrom) : .new, force: options.force)
    guard summary.stop != nil, let signal = StopSignals.received else { return }
    progress.end()
    options.terminal.error.writeError("go on with: \(Self.commandToGoOn)\n")
    throw ExitCode(128 + signal)
  }

  /// The command that was given, in the form that goes on from a checkpoint.
  private static var commandToGoOn: String {
    var words = CommandLine.arguments.filter { $0 != "--force" }
    // The newest checkpoint is this run's own now.
    if let place = words.firstIndex(of: "--resume-from") {
      words.removeSubrange(place..<min(place + 2, words.count))
    }
    words.removeAll { $0.hasPrefix("--resume-from=") }
    return shellText(words + (words.contains("--resume") ? [] : ["--resume"]))
  }
}
