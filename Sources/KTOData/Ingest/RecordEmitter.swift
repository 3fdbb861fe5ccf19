internal import KTOCore
internal import KTOSchema

/// Turns what a format made of a record into events.
struct RecordEmitter {
  var place: RecordPlace
  /// The id of a record that brings none.
  var fallbackID: String
  var record: ArraySlice<UInt8>

  func emit(
    _ output: ConvertedRecord, ids: IDRegistry, summary: inout IngestSummary,
    _ body: (IngestEvent) throws -> Void
  ) throws {
    if try reject(output.findings, summary: &summary, body) { return }
    for draft in output.drafts {
      if try reject(draft.findings, summary: &summary, body) { continue }
      let prompt = draft.prompt.map(\.message)
      let source =
        draft.source
        ?? Source(
          file: place.start.file, line: place.start.line, byteOffset: place.start.byteOffset,
          pointer: draft.idSuffix.isEmpty ? "" : draft.pointer)
      summary.examples += 1
      try body(
        .example(
          Example(
            id: ids.unique((output.id ?? fallbackID) + draft.idSuffix), prompt: prompt,
            completion: draft.completion.map(\.message), group: draft.group ?? promptGroup(prompt),
            weight: draft.weight, tools: draft.tools, source: source, signal: draft.signal)))
    }
  }

  /// Emits findings; where one is an error, the first error becomes the rejection.
  private func reject(
    _ findings: [RecordFinding], summary: inout IngestSummary, _ body: (IngestEvent) throws -> Void
  ) throws -> Bool {
    let first = findings.firstIndex { $0.severity == .error }
    for (index, finding) in findings.enumerated() {
      let diagnostic = place.diagnostic(finding)
      if index == first {
        summary.rejected += 1
        try body(.rejected(diagnostic, record: Array(record)))
      } else {
        try body(.finding(diagnostic))
      }
    }
    return first != nil
  }
}

extension ConvertedRecord {
  /// The record's own id, where it has one that can be used.
  mutating func readID(of node: JSONNode) {
    guard let value = node["id"] else { return }
    if let text = value.string, !text.isEmpty, text.utf8.count <= 256 { id = text }
    if let number = value.int { id = String(number) }
  }

  /// Adds what the schema finds (E11), except where a check of the format itself has spoken of the value, of
  /// a part of it, or of what holds it: its words are more precise.
  mutating func apply(_ schema: JSONSchema, to node: JSONNode) {
    let spoken = findings.map(\.pointer) + drafts.flatMap { $0.findings.map(\.pointer) }
    for violation in schema.violations(of: node)
    where !spoken.contains(where: { isRelated($0, violation.pointer) }) {
      findings.append(
        RecordFinding(
          code: "E11", offset: violation.offset, pointer: violation.pointer, message: violation.message))
    }
  }
}

private func isRelated(_ a: String, _ b: String) -> Bool {
  func holds(_ outer: String, _ inner: String) -> Bool {
    inner.utf8.starts(with: outer.utf8)
      && (inner.utf8.count == outer.utf8.count || inner.utf8.dropFirst(outer.utf8.count).first == 0x2F)
  }
  return holds(a, b) || holds(b, a)
}
