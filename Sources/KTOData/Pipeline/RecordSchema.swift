internal import KTOCore
internal import KTOSchema

/// A schema of the user's own that each raw record must keep to, whatever its format is.
package struct RecordSchema: Sendable {
  /// What findings call it: its path.
  package let name: String
  /// Keywords of a JSON Schema that are not known and mean nothing.
  package let unknownKeywords: [String]
  private let content: Content

  private enum Content {
    case json(JSONSchema)
    /// Its text, since each thread compiles its own.
    case xml(String)
  }

  /// Reads a JSON Schema of draft 2020-12 or, where the name ends in `.xsd`, an XML Schema of the rows or of what holds
  /// them.
  /// - Throws: `FileError`, `SchemaError`.
  package init(path: String) throws {
    name = path
    if path.lowercased().hasSuffix(".xsd") {
      let text = String(decoding: try readFile(path, limit: 4 << 20), as: UTF8.self)
      _ = try XMLSchema(text: text, name: path)
      content = .xml(text)
      unknownKeywords = []
    } else {
      let schema = try JSONSchema(path: path, unknownKeywords: .ignored)
      content = .json(schema)
      unknownKeywords = schema.unknownKeywords
    }
  }

  /// Ready to be used by one thread.
  func compiled() throws -> CompiledRecordSchema {
    switch content {
    case .json(let schema): return .json(schema)
    case .xml(let text):
      return .xml(try XMLSchema(text: text, name: name), elements: XMLSchema.elementNames(in: text))
    }
  }
}

/// A user's schema as one thread applies it.
enum CompiledRecordSchema {
  case json(JSONSchema)
  case xml(XMLSchema, elements: [String])

  /// What in a record breaks the schema (E11), each with its place in the record and the keyword.
  func findings(in node: JSONNode, text: ArraySlice<UInt8>) -> [RecordFinding] {
    switch self {
    case .json(let schema):
      return schema.violations(of: node).map {
        RecordFinding(
          code: .wrongShape, offset: $0.offset, pointer: $0.pointer,
          message: "\($0.message) (schema: \($0.keyword))")
      }
    case .xml: return findings(inText: text)
    }
  }

  /// The same for a record of which only the text is at hand; a JSON Schema says nothing of it.
  func findings(inText text: ArraySlice<UInt8>) -> [RecordFinding] {
    switch self {
    case .json: return []
    case .xml(let schema, let elements):
      guard text.first == UInt8(ascii: "<") else {
        return [
          RecordFinding(
            code: .wrongShape, offset: 0, pointer: "",
            message: "the schema is an XML Schema, and this record is not XML")
        ]
      }
      return schema.violations(in: wrapped(text, elements)).map {
        RecordFinding(code: .wrongShape, offset: 0, pointer: "", message: "\($0) (schema)")
      }
    }
  }

  /// The row by itself where the schema declares its element, and in the one element that it declares otherwise.
  private func wrapped(_ text: ArraySlice<UInt8>, _ elements: [String]) -> [UInt8] {
    let name = text.dropFirst().prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">") }
    guard elements.count == 1, !elements[0].utf8.elementsEqual(name) else { return Array(text) }
    return Array("<\(elements[0])>".utf8) + text + Array("</\(elements[0])>".utf8)
  }
}
