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
  /// All that a label can be made from.
  var evidence: [Evidence] = []
  /// Told apart from the record's other examples by this, such as `-chosen`.
  var idSuffix = ""
  /// Where in the record the example's own part begins.
  var offset = 0
  var pointer = ""
  var weight: Double?
  var tools: JSONValue?
  /// The group that the source names; nil where rows with this prompt make one.
  var group: String?
  /// What an earlier stage kept of the source's fields.
  var metadata: JSONObject?
  /// The source an earlier stage recorded, in a file of examples.
  var source: Source?
  /// What the metadata gets of the verdicts on this answer that rules read.
  var verdicts: [JSONObject.Member] = []
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
  /// Fields that are there and were not used: a name, or `messages[].name` for those of messages.
  private(set) var unusedFields: [String] = []
  let words: VerdictWords
  /// Whether every value is text because its container knows no types, as the cells of a table.
  var isUntyped = false

  init(words: VerdictWords = VerdictWords()) { self.words = words }

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

  /// The record's own id, where it has one that can be used, in `id` or under a name that a format has for it. The first
  /// that is read counts.
  mutating func readID(of node: JSONNode, _ key: String = "id") {
    guard let value = node[key] else { return }
    if id != nil {
      leave(key)
    } else if let text = value.string, !text.isEmpty, text.utf8.count <= 256 {
      id = text
    } else if let number = value.int {
      id = String(number)
    } else {
      leave(key)
    }
  }

  /// Notes that a field of the record, or of the value at a pointer, is not used, so that the report names it.
  mutating func leave(_ field: String, in pointer: String = "") {
    let name = pointer.isEmpty ? field : Self.name(of: field, in: pointer)
    if !unusedFields.contains(where: { $0.hasSameBytes(as: name) }) { unusedFields.append(name) }
  }

  /// `messages[].name` for a field at `/messages/3`: places in a list are one kind of place.
  private static func name(of field: String, in pointer: String) -> String {
    var name: [UInt8] = []
    name.reserveCapacity(pointer.utf8.count + field.utf8.count + 2)
    for step in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/")) {
      if step.allSatisfy({ (0x30...0x39).contains($0) }) {
        name += "[]".utf8
      } else {
        if !name.isEmpty { name.append(UInt8(ascii: ".")) }
        name += step
      }
    }
    name.append(UInt8(ascii: "."))
    name += field.utf8
    return String(decoding: name, as: UTF8.self)
  }

  /// Names what an object holds beside the members that are read, as `prefix.member`.
  mutating func leaveOthers(of node: JSONNode, besides known: [String], in prefix: String) {
    for member in node.object?.members ?? [] where !member.node.isNull && !known.contains(member.key) {
      leave("\(prefix).\(member.key)")
    }
  }
}
