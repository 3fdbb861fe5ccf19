internal import KTOCore

/// A message that still knows where in its record it stands, so that findings can be located.
struct Turn {
  var message: Message
  /// Byte offset of the turn in its record.
  var offset: Int
  var pointer: String
  /// Byte offset and JSON pointer of its content.
  var contentOffset: Int
  var contentPointer: String
  var hasToolCalls = false

  var isBlank: Bool { !hasToolCalls && isBlankText(message.content) }
}

/// True where a text has nothing to see: only white space and invisible characters.
func isBlankText(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { scalar in
    scalar.properties.isWhitespace || scalar.value == 0xFEFF || (0x200B...0x200D).contains(scalar.value)
  }
}

/// A finding that is still tied to a byte offset in its record.
struct RecordFinding {
  var severity: Diagnostic.Severity = .error
  var code: String
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
struct ConvertedRecord {
  var id: String?
  var drafts: [Draft] = []
  /// What concerns the record as a whole; an error here rejects all of it.
  var findings: [RecordFinding] = []

  mutating func error(
    _ code: String, _ node: JSONNode, _ pointer: String, _ message: String, hint: String? = nil
  ) {
    findings.append(
      RecordFinding(code: code, offset: node.offset, pointer: pointer, message: message, hint: hint))
  }

  mutating func error(_ code: String, _ turn: Turn, _ message: String, hint: String? = nil) {
    findings.append(
      RecordFinding(code: code, offset: turn.offset, pointer: turn.pointer, message: message, hint: hint))
  }
}

/// Makes examples of one format's records.
protocol RecordConverter {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord)
}
