internal import Glibc
internal import KTOCore
internal import Synchronization

/// One of the process's two outputs, and what can be shown on it.
struct Terminal {
  enum Stream: Int32 {
    case output = 1
    case error = 2
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
  }

  /// Whether a person looks at it.
  let isInteractive: Bool
  let isColored: Bool
  private let stream: Stream

  /// Whether a line can be written over.
  var canMoveCursor: Bool { isInteractive && environmentValue("TERM") != "dumb" }

  /// Whether a person types what is read.
  static var isInputInteractive: Bool { isatty(STDIN_FILENO) == 1 }

  init(_ color: ColorChoice, of stream: Stream) {
    self.stream = stream
    isInteractive = isatty(stream.rawValue) == 1
    isColored =
      switch color {
      case .always: true
      case .never: false
      case .automatic:
        isInteractive && (environmentValue("NO_COLOR") ?? "").isEmpty && environmentValue("TERM") != "dumb"
      }
  }

  /// Columns, which change with the window; 80 where it is no terminal.
  var width: Int {
    var size = winsize()
    let isKnown = unsafe isInteractive && ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0
    return isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  func paint(_ text: String, _ style: Style) -> String {
    isColored ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Writes to standard output at once.
  func write(_ text: String) { write(text, to: .output) }

  /// Writes to standard error at once.
  func writeError(_ text: String) { write(text, to: .error) }

  /// Writes a warning to standard error.
  func warn(_ text: String) { writeError(paint("warning:", .yellow) + " \(text)\n") }

  /// The error number of a write to standard output that failed; 0 where none did.
  static let outputFailure = Atomic<Int32>(0)

  private func write(_ text: String, to stream: Stream) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(stream.rawValue, $0.baseAddress, $0.count)
      }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        if count < 0, stream == .output { Self.outputFailure.store(errno, ordering: .relaxed) }
        return
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes `file:line:column: error: E01: message` and the hint to standard error.
  func show(_ diagnostic: Diagnostic) {
    var text = diagnostic.location.map { paint("\($0):", .bold) + " " } ?? ""
    let style: Style =
      switch diagnostic.severity {
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    text += paint("\(diagnostic.severity.rawValue):", style) + " \(diagnostic.code): \(diagnostic.message)"
    if !diagnostic.pointer.isEmpty { text += " (at \(diagnostic.pointer))" }
    text += "\n"
    if let hint = diagnostic.hint { text += "  " + paint("hint:", .cyan) + " \(hint)\n" }
    writeError(text)
  }
}

/// A variable of the process's environment.
func environmentValue(_ name: String) -> String? {
  unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// DuckDB's library, where the environment names one.
func duckDBLibrary() -> String? {
  environmentValue("KTO_DUCKDB").flatMap { $0.isEmpty ? nil : $0 }
}
