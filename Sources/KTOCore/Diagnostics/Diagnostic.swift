/// One finding about the user's data: what is wrong, where, and what to do about it.
///
/// A bad *row* is a diagnostic; a run that cannot go on throws.
package struct Diagnostic: Sendable, Equatable {
  /// How much a finding matters: an error makes the run end with exit code 1.
  package enum Severity: String, Sendable, Comparable, CaseIterable {
    case note, warning, error

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  package var severity: Severity
  /// Stable code, such as `E01`; the checks' documentation is keyed by it.
  package var code: String
  package var location: SourceLocation?
  /// JSON pointer (RFC 6901) of the value within its record, empty for the record itself.
  package var pointer: String
  package var message: String
  package var hint: String?

  /// A finding of a listed code, with the code's severity.
  package init(
    _ code: Code, at location: SourceLocation? = nil, pointer: String = "", message: String,
    hint: String? = nil
  ) {
    severity = code.severity
    self.code = code.id
    self.location = location
    self.pointer = pointer
    self.message = message
    self.hint = hint
  }
}

/// A place in a file. Lines and columns count from 1; a column counts UTF-8 bytes. Line 0 means the whole of
/// it, for what has no lines: a missing key, an option of the command line.
package struct SourceLocation: Sendable, Hashable {
  package var file: String
  package var byteOffset: Int
  package var line: Int
  package var column: Int

  package init(file: String, byteOffset: Int, line: Int, column: Int) {
    self.file = file
    self.byteOffset = byteOffset
    self.line = line
    self.column = column
  }
}

extension SourceLocation: CustomStringConvertible {
  package var description: String { line > 0 ? "\(file):\(line):\(column)" : file }

  /// The whole of a file or of an option, without a line.
  package static func whole(_ file: String) -> SourceLocation {
    SourceLocation(file: file, byteOffset: 0, line: 0, column: 0)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: error: E01: message (at /pointer)`, then the hint on a line of its own.
  package var description: String {
    var text = location.map { "\($0): " } ?? ""
    text += "\(severity.rawValue): \(code): \(message)"
    if !pointer.isEmpty { text += " (at \(pointer))" }
    if let hint { text += "\n  hint: \(hint)" }
    return text
  }
}
