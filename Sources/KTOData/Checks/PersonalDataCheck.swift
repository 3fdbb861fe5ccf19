package import KTOCore

/// W23: addresses, numbers and keys of people or services in a text.
///
/// A row has one finding for each kind, the first find. No message quotes a value.
package struct PersonalDataCheck: Check {
  package static let codes = [
    Code(
      "W23", .warning, "a text holds what looks like personal data or a secret",
      why: """
        A model can say again what it was trained on, word for word: a mail address, a card number or a key that is in the \
        data may be in its answers.
        """,
      example:
        #"{"prompt": "Which card did I give?", "completion": "The one with 4539 1488 0343 6467.", "label": true}"#,
      remedy: """
        Replace the value by a placeholder such as jane@example.com, or leave the example out; a key that was in a file \
        should be revoked. Reserved values (example.com, 192.0.2.1, 555 numbers) and private networks are not named.
        """)
  ]

  private var rows = 0
  private var counts: [PersonalData.Kind: Int] = [:]

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    for find in finds(in: row.example) {
      findings.find(
        Self.codes[0], "the \(find.part) holds what looks like \(find.data.kind.noun): \(find.data.masked)",
        hint: find.data.kind.isSecret
          ? "revoke it and remove it from the data" : "replace it by a placeholder, or leave the example out")
    }
  }

  /// Looks again at the few rows that have the finding, for the kinds.
  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    guard findings.diagnostics.contains(where: { $0.code == Self.codes[0].id }) else { return }
    rows += 1
    for find in finds(in: row.example) { counts[find.data.kind, default: 0] += 1 }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    guard rows > 0 else { return }
    let kinds = PersonalData.Kind.allCases.compactMap { kind in
      counts[kind].map { "\(kind.plural) in \($0)" }
    }
    findings.find(
      Self.codes[0],
      "\(counted(rows, "example")) \(rows == 1 ? "holds" : "hold") what looks like personal data or secrets: "
        + kinds.joined(separator: ", "))
  }

  /// The first of each kind, the prompt before the completion.
  private func finds(in example: Example) -> [(part: String, data: PersonalData)] {
    var found: [(part: String, data: PersonalData)] = []
    func look(at messages: [Message], _ part: String) {
      for message in messages {
        scanPersonalData(in: message.content.utf8.span) { data in
          if !found.contains(where: { $0.data.kind == data.kind }) { found.append((part, data)) }
        }
      }
    }
    look(at: example.prompt, "prompt")
    look(at: example.completion, "completion")
    return found
  }
}
