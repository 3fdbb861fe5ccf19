internal import KTOCore
internal import KTOTrain

/// Shows a run's events on standard output: on a terminal as the log's lines, with one line below them that moves from
/// step to step; elsewhere as the log's lines, each step's included; with `--progress json` as one object an event.
final class TrainingProgress {
  private enum Style {
    case moving, plain, json
  }

  private let style: Style
  private let terminal: Terminal
  /// Seconds on the monotonic clock at which the line moved last.
  private var lastMoved = -Double.infinity
  private var isLineOpen = false

  init(_ options: OutputOptions) {
    terminal = options.terminal.output
    style =
      switch options.progress {
      case .automatic: terminal.canMoveCursor ? .moving : .plain
      case .plain: .plain
      case .json: .json
      }
  }

  func show(_ event: TrainingEvent) {
    switch style {
    case .json:
      if let object = object(event) { terminal.write(object.jsonText + "\n") }
    case .plain: write(event)
    case .moving:
      if let line = event.movingLine(columns: terminal.width - 1) { move(line) } else { write(event) }
    }
  }

  /// Takes the moving line away, so that other text can follow.
  func end() {
    if isLineOpen { terminal.write("\r\u{1B}[K") }
    isLineOpen = false
  }

  private func move(_ line: String) {
    let now = monotonicSeconds()
    guard !isLineOpen || now - lastMoved >= 0.1 else { return }
    lastMoved = now
    terminal.write("\r\u{1B}[K" + line)
    isLineOpen = true
  }

  private func write(_ event: TrainingEvent) {
    let lines = event.logLines
    guard !lines.isEmpty else { return }
    end()
    for line in lines { terminal.write(painted(line) + "\n") }
  }

  private func object(_ event: TrainingEvent) -> JSONValue? {
    var members = [JSONObject.Member("event", JSONNode(.string(event.name)))]
    switch event {
    case .step(let metrics, _, let secondsLeft):
      members += JSONNode(metrics.json).object?.members ?? []
      members.append(JSONObject.Member("eta_seconds", JSONNode(.double(secondsLeft))))
    case .validation(let metrics): members += JSONNode(metrics.json).object?.members ?? []
    case .validating(let step, let rows, let total, let secondsLeft):
      let now = monotonicSeconds()
      guard rows == total || now - lastMoved >= 1 else { return nil }
      lastMoved = now
      members += [
        JSONObject.Member("step", JSONNode(.integer(step))),
        JSONObject.Member("rows", JSONNode(.integer(rows))),
        JSONObject.Member("of", JSONNode(.integer(total))),
        JSONObject.Member("eta_seconds", JSONNode(.double(secondsLeft))),
      ]
    default:
      members.append(JSONObject.Member("lines", JSONNode(.items(event.logLines.map(JSONValue.string)))))
    }
    return .object(JSONObject(members))
  }

  private func painted(_ line: String) -> String {
    if line.hasPrefix("✓") { return terminal.paint("✓", .green) + line.dropFirst() }
    if line.hasPrefix("warning:") { return terminal.paint("warning:", .yellow) + line.dropFirst(8) }
    return line
  }
}
