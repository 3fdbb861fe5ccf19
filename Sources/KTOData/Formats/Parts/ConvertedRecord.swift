internal import KTOCore

/// A finding that is still tied to a byte offset in its record.
package struct RecordFinding: Sendable {
  var code: Code
  var offset: Int
  var pointer: String
  var message: String
  var hint: String?
}

/// An example on its way: what a format made of a record or of one side of it.
struct Draft {
  var prompt: [Turn]
  var completion: [Turn]
  var signal: Signal = .none
  /// Told apart from the record's other examples by this, such as `-chosen`.
  var idSuffix = ""
  /// Where in the record the example's own part begins.
  var offset = 0
  var pointer = ""
  var weight: Double?
  var tools: JSONValue?
  var group: String?
  /// The source an earlier stage recorded, in a file of examples.
  var source: Source?
  var findings: [RecordFinding] = []
}

/// What a format makes of one record.
package struct ConvertedRecord {
  var id: String?
  /// An id that is one within its file alone, so that the file's name goes before it.
  var idInFile: String?
  var drafts: [Draft] = []
  /// What concerns the record as a whole; an error here rejects all of it.
  var findings: [RecordFinding] = []

  var hasError: Bool { findings.contains { $0.code.severity == .error } }

  mutating func error(
    _ code: Code, _ node: JSONNode, _ pointer: String, _ message: String, hint: String? = nil
  ) {
    findings.append(
      RecordFinding(code: code, offset: node.offset, pointer: pointer, message: message, hint: hint))
  }

  mutating func error(_ code: Code, _ turn: Turn, _ message: String, hint: String? = nil) {
    findings.append(
      RecordFinding(code: code, offset: turn.offset, pointer: turn.pointer, message: message, hint: hint))
  }

  /// The record's own id, where it has one that can be used.
  mutating func readID(of node: JSONNode) {
    guard let value = node["id"] else { return }
    if let text = value.string, !text.isEmpty, text.utf8.count <= 256 { id = text }
    if let number = value.int { id = String(number) }
  }
}
