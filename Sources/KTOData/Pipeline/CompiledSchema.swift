internal import KTOCore
internal import KTOSchema

/// A format's schema, ready to be applied to records; used by one thread.
enum CompiledSchema {
  case json(JSONSchema)
  case xml(XMLSchema, before: [UInt8], after: [UInt8])

  /// - Throws: `SchemaError` where the schema itself is wrong.
  init(_ schema: FormatSchema, name: String) throws {
    switch schema {
    case .json(let text):
      var parser = JSONParser()
      self = .json(try JSONSchema(try parser.parse(text.utf8), name: name))
    case .xml(let text, let before, let after):
      self = .xml(try XMLSchema(text: text, name: name), before: Array(before.utf8), after: Array(after.utf8))
    }
  }
}

extension ConvertedRecord {
  /// Adds what the schema finds (E11), except where the format itself has spoken of the value, of a part of it, or of
  /// what holds it: its words are more precise.
  mutating func apply(_ schema: CompiledSchema, to node: JSONNode, text: ArraySlice<UInt8>) {
    switch schema {
    case .json(let schema):
      let spoken = findings.map(\.pointer) + drafts.flatMap { $0.findings.map(\.pointer) }
      for violation in schema.violations(of: node)
      where !spoken.contains(where: { isRelated($0, violation.pointer) }) {
        findings.append(
          RecordFinding(
            code: .wrongShape, offset: violation.offset, pointer: violation.pointer,
            message: violation.message))
      }
    case .xml(let schema, let before, let after):
      guard !hasError else { return }
      for message in schema.violations(in: before + text + after) {
        findings.append(RecordFinding(code: .wrongShape, offset: 0, pointer: "", message: message))
      }
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
