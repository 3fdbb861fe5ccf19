internal import KTOCore
internal import KTOTrain

/// Shows a run's events: the log's lines on standard output, or one JSON object an event with `--progress json`.
struct TrainingProgress {
  private let isJSON: Bool
  private let terminal: Terminal

  init(_ options: OutputOptions) {
    isJSON = options.progress == .json
    terminal = options.terminal.output
  }

  func show(_ event: TrainingEvent) {
    if isJSON {
      var members = [JSONObject.Member("event", JSONNode(.string(event.name)))]
      if case .step(let metrics, _, _) = event {
        members += JSONNode(metrics.json).object?.members ?? []
      } else {
        members.append(JSONObject.Member("lines", JSONNode(.items(event.logLines.map(JSONValue.string)))))
      }
      terminal.write(JSONValue.object(JSONObject(members)).jsonText + "\n")
      return
    }
    for line in event.logLines { terminal.write(painted(line) + "\n") }
  }

  private func painted(_ line: String) -> String {
    if line.hasPrefix("✓") { return terminal.paint("✓", .green) + line.dropFirst() }
    if line.hasPrefix("warning:") { return terminal.paint("warning:", .yellow) + line.dropFirst(8) }
    return line
  }
}
