internal import Glibc
internal import KTOCore

/// Progress on standard error: a line that moves on a terminal, a plain line now and then in a pipe, JSON lines
/// on request.
final class ProgressLine {
  private enum Style {
    case moving, plain, json
  }

  private let style: Style
  private let terminal: Terminal
  /// Seconds on the monotonic clock at which something was last shown, at first the start: what is done at once
  /// shows nothing.
  private var lastShown = monotonicSeconds()
  private var isLineOpen = false

  init(_ options: OutputOptions) {
    terminal = options.terminal.error
    style =
      switch options.progress {
      case .automatic: terminal.canMoveCursor ? .moving : .plain
      case .plain: .plain
      case .json: .json
      }
  }

  /// - Parameter total: nil where the end is not known.
  func show(_ stage: String, done: Int, of total: Int? = nil, unit: String, detail: String = "") {
    let now = monotonicSeconds()
    guard now - lastShown >= interval else { return }
    lastShown = now
    switch style {
    case .json:
      var members: [JSONObject.Member] = [
        JSONObject.Member("stage", JSONNode(.string(stage))),
        JSONObject.Member("done", JSONNode(.integer(done))),
      ]
      if let total { members.append(JSONObject.Member("total", JSONNode(.integer(total)))) }
      members.append(JSONObject.Member("unit", JSONNode(.string(unit))))
      terminal.writeError(JSONValue.object(JSONObject(members)).jsonText + "\n")
    case .plain: terminal.writeError("\(stage): \(done)\(total.map { "/\($0)" } ?? "") \(unit)\n")
    case .moving:
      let text =
        "\(stage): \(bar(done, of: total))\(done)\(total.map { "/\($0)" } ?? "") \(unit) \(excerpt(detail))"
      terminal.writeError("\r\u{1B}[K" + text.prefix(terminal.currentWidth - 1))
      isLineOpen = true
    }
  }

  /// Takes the moving line away, so that other text can follow.
  func end() {
    if isLineOpen { terminal.writeError("\r\u{1B}[K") }
    isLineOpen = false
  }

  private var interval: Double {
    switch style {
    case .moving: 0.1
    case .plain: 10
    case .json: 1
    }
  }

  private func bar(_ done: Int, of total: Int?) -> String {
    guard let total, total > 0 else { return "" }
    let filled = min(20, 20 * done / total)
    return "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: 20 - filled) + "] "
  }
}

/// Seconds on a clock that only runs forward.
func monotonicSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
