package import KTOCore

/// What became of every row, stage by stage.
package struct PrepareReport: Sendable {
  package var account = RowAccount()
  package var files: [FileSummary] = []
  package var droppedByBalance = ClassCounts()
  /// Written rows longer than the sequence, whose end training does not see.
  package var truncated = ClassCounts()
  package var written = ClassCounts()
  package var tokens = (prompt: 0, completion: 0)
  package var quarantined = 0
  /// Errors that stopped the run, by code: nothing was written where this is not empty.
  package var blocking: [String: Int] = [:]
  /// Whether any of these errors is one of a row, which could be put aside.
  package var isBlockedByRows = false
  package var split: SplitReport?
  /// The manifest's root hash; nil where nothing was written.
  package var root: String?

  package init() {}

  package var isWritten: Bool { root != nil }

  /// A table for people: every row of the input is in exactly one line.
  package var text: String {
    var lines = account.lines
    guard blocking.isEmpty else {
      let codes = blocking.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      lines.append("nothing was written: errors of " + codes.joined(separator: ", "))
      return lines.joined(separator: "\n")
    }
    if droppedByBalance.total > 0 {
      lines.append(
        RowAccount.line("- left out for the balance", droppedByBalance.total, droppedByBalance.text))
    }
    lines.append(RowAccount.line("= written", written.total, written.text))
    if let split {
      for part in split.parts where part.rows > 0 {
        let rows = ClassCounts(desirable: part.desirable, undesirable: part.undesirable)
        lines.append(RowAccount.line("    \(part.name)", rows.total, rows.text))
      }
      if let origin = split.keptFrom { lines.append(origin) }
    }
    if truncated.total > 0 {
      lines.append(RowAccount.line("longer than max_length: training cuts", truncated.total, truncated.text))
    }
    if quarantined > 0 { lines.append(RowAccount.line("quarantined", quarantined)) }
    lines.append("tokens: \(tokens.prompt) prompt, \(tokens.completion) completion")
    if let root { lines.append("root hash: \(root)") }
    return lines.joined(separator: "\n")
  }

  package func json() -> JSONValue {
    let blocked = blocking.map { ($0.key, JSONValue.integer($0.value)) }
    let members =
      [("files", JSONValue.items(files.map { $0.json() }))] + account.json() + [
        ("dropped_by_balance", droppedByBalance.json()), ("written", written.json()),
        ("truncated", truncated.json()),
        (
          "tokens",
          .members(["prompt": .integer(tokens.prompt), "completion": .integer(tokens.completion)])
        ),
        ("quarantined", .integer(quarantined)), ("blocking", .object(sorted: blocked)),
        ("split", split?.json() ?? .null), ("root", root.map { .string($0) } ?? .null),
      ]
    return .object(JSONObject(members.map { JSONObject.Member($0.0, JSONNode($0.1)) }))
  }
}
