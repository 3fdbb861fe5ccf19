/// Why a schema file cannot be used. These are faults of the schema, not of the data.
package enum SchemaError: Error, Equatable, Sendable {
  /// A keyword this validator does not know; ignoring it would pass what should fail.
  case unknownKeyword(schema: String, pointer: String, keyword: String)
  /// A keyword's value has the wrong type or makes no sense.
  case invalidKeyword(schema: String, pointer: String)
  /// A `$ref` that leads nowhere within the document.
  case unresolvedReference(schema: String, reference: String)
  /// Its `$schema` is not draft 2020-12.
  case otherDialect(schema: String, dialect: String)
  case notJSON(schema: String, reason: String)
  case invalidXMLSchema(path: String, reason: String)
}

extension SchemaError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownKeyword(let schema, let pointer, let keyword):
      "\(schema): the keyword \"\(keyword)\" at \(pointer) is not supported"
    case .invalidKeyword(let schema, let pointer): "\(schema): the value at \(pointer) is not valid"
    case .unresolvedReference(let schema, let reference):
      "\(schema): \"$ref\": \"\(reference)\" leads nowhere in the document"
    case .otherDialect(let schema, let dialect):
      "\(schema): \"$schema\" is \(dialect), and only draft 2020-12 is known"
    case .notJSON(let schema, let reason): "\(schema): \(reason)"
    case .invalidXMLSchema(let path, let reason): "\(path): not an XML Schema: \(reason)"
    }
  }
}
