internal import Glibc
internal import KTOCore

/// Progress on standard error: a line that moves on a terminal, plain lines or JSON lines on request, and nothing in a
/// pipe otherwise.
final class ProgressLine {
  private enum Style {
    case hidden, moving, plain, json
  }

  private let style: Style
  private let terminal: Terminal
  /// Seconds on the monotonic clock at which something was last shown, at first the start: what is done at once
  /// shows nothing.
  private var lastShown = monotonicSeconds()
  private var isLineOpen = false

  /// - Parameter isWanted: false where a moving line would mix with output on the same terminal.
  init(_ options: ProgressOptions, isWanted: Bool = true) {
    terminal = options.terminal.error
    style =
      switch options.progress {
      case .automatic: terminal.canMoveCursor && isWanted ? .moving : .hidden
      case .plain: .plain
      case .json: .json
      }
  }

  convenience init(_ options: OutputOptions) { self.init(options.shown) }

  /// Whether it is time to show something again.
  var isDue: Bool { style != .hidden && monotonicSeconds() - lastShown >= interval }

  /// - Parameter total: nil where the end is not known.
  func show(_ stage: String, done: Int, of total: Int? = nil, unit: String, detail: String = "") {
    let count = "\(done)\(total.map { "/\($0)" } ?? "") \(unit)"
    var members = [("done", JSONValue.integer(done))]
    if let total { members.append(("total", .integer(total))) }
    members.append(("unit", .string(unit)))
    show(
      stage, share: total.flatMap { $0 > 0 ? Double(done) / Double($0) : nil }, [count, excerpt(detail)],
      members)
  }

  /// Shows one state, where it is time.
  /// - Parameters:
  ///   - share: how much of the whole is done, from 0 to 1; nil where the whole is not known.
  ///   - parts: what is said of it, the most important first: a narrow terminal shows only the first ones.
  ///   - members: the same as JSON.
  func show(_ stage: String, share: Double?, _ parts: [String], _ members: [(String, JSONValue)]) {
    guard isDue else { return }
    lastShown = monotonicSeconds()
    switch style {
    case .hidden: break
    case .json:
      let members = [("stage", JSONValue.string(stage))] + members
      let object = JSONObject(members.map { JSONObject.Member($0.0, JSONNode($0.1)) })
      terminal.writeError(JSONValue.object(object).jsonText + "\n")
    case .plain:
      terminal.writeError("\(stage): \(parts.filter { !$0.isEmpty }.joined(separator: ", "))\n")
    case .moving:
      terminal.writeError("\r\u{1B}[K" + movingLine(stage, share, parts, width: terminal.width - 1))
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
    case .hidden, .moving: 0.1
    case .plain: 10
    case .json: 1
    }
  }
}

/// As many of the parts as fit, and the bar where there is room for it beside all of them.
func movingLine(_ stage: String, _ share: Double?, _ parts: [String], width: Int) -> String {
  var line = stage + ":"
  var isWhole = true
  for part in parts where !part.isEmpty {
    let next = line + (line.hasSuffix(":") ? " " : ", ") + part
    guard next.count <= width else {
      isWhole = false
      break
    }
    line = next
  }
  if let share, isWhole, line.count + 23 <= width {
    let filled = min(20, max(0, Int(20 * share)))
    let bar = " [" + String(repeating: "#", count: filled) + String(repeating: " ", count: 20 - filled) + "]"
    line.insert(contentsOf: bar, at: line.index(line.startIndex, offsetBy: stage.count + 1))
  }
  return String(line.prefix(max(0, width)))
}

/// Seconds on a clock that only runs forward.
func monotonicSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
