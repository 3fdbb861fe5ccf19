/// What parts the documents of an input.
///
/// A separator ends a document: the last one makes no empty document behind it, two in a row make one between them.
package enum DocumentSeparator: Sendable, Equatable {
  /// The whole input is one document, also when it is empty.
  case none
  /// A NUL byte.
  case nul
  /// A line feed; a carriage return before it belongs to the document.
  case newline
  /// A line is a JSON object, whose member of this name, a string, is the document. Lines of white space are none.
  case jsonl(field: String)

  /// Reads `nul`, `newline` or `jsonl:FIELD`; nil for anything else.
  package init?(_ text: String) {
    switch text {
    case "nul": self = .nul
    case "newline": self = .newline
    default:
      guard text.hasPrefix("jsonl:"), text.utf8.count > 6 else { return nil }
      self = .jsonl(field: String(text.dropFirst(6)))
    }
  }

  /// The byte that ends a document or a line; nil where none does.
  var byte: UInt8? {
    switch self {
    case .none: nil
    case .nul: 0
    case .newline, .jsonl: 0x0A
    }
  }
}
