/// One line of `doctor`.
struct Check {
  enum State {
    case good
    /// Works, but not as it should.
    case poor
    /// Something required is missing.
    case missing
  }

  var state: State
  var name: String
  var detail: String
  /// The command or the words that fix it.
  var remedy: String?

  static func good(_ name: String, _ detail: String) -> Check {
    Check(state: .good, name: name, detail: detail)
  }

  static func poor(_ name: String, _ detail: String, remedy: String? = nil) -> Check {
    Check(state: .poor, name: name, detail: detail, remedy: remedy)
  }

  static func missing(_ name: String, _ detail: String, remedy: String? = nil) -> Check {
    Check(state: .missing, name: name, detail: detail, remedy: remedy)
  }

  func text(on terminal: Terminal) -> String {
    let mark =
      switch state {
      case .good: terminal.paint("✓", .green)
      case .poor: terminal.paint("!", .yellow)
      case .missing: terminal.paint("✗", .red)
      }
    let padding = String(repeating: " ", count: max(1, 14 - name.count))
    return "\(mark) \(name)\(padding)\(detail)" + (remedy.map { "\n  → \($0)" } ?? "")
  }
}
