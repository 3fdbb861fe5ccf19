package import KTOCore

/// A compiled JSON Schema (draft 2020-12). Nothing is ever fetched: what it refers to outside its document is given with
/// it.
///
/// Known are all keywords of the draft; `format` and the content keywords are annotations, as the draft has them by
/// default.
package struct JSONSchema: Sendable {
  /// A place where the data breaks the schema.
  package struct Violation: Sendable, Equatable {
    /// Byte offset and JSON pointer of the value in the data.
    package var offset: Int
    package var pointer: String
    package var message: String
    /// The keyword that it breaks: a JSON pointer into the schema, such as `#/properties/a/type`.
    package var keyword: String
  }

  /// What becomes of keywords that are not known.
  package enum UnknownKeywords: Sendable {
    /// An error when the schema is loaded, as for the schemas of this project: ignoring one passes what should fail.
    case refused
    /// As the draft has it; `unknownKeywords` names them.
    case ignored
  }

  /// Compiled schema objects; `$ref` and applicators name them by index.
  let nodes: [SchemaNode]
  /// By the name of a dynamic anchor, the node of each resource that has it.
  let dynamicAnchors: [String: [Int: SchemaNode.Index]]
  /// Whether any keyword depends on what others have looked at.
  let tracksEvaluation: Bool
  /// The schema's own `title`, for messages.
  package let title: String?
  /// Keywords that were passed over, each once.
  package let unknownKeywords: [String]

  /// - Parameters:
  ///   - name: what errors call the schema.
  ///   - documents: what it may refer to, each under the URI that it is known by.
  /// - Throws: `SchemaError`.
  package init(
    _ document: JSONNode, name: String, documents: [(uri: String, node: JSONNode)] = [],
    unknownKeywords: UnknownKeywords = .refused
  ) throws(SchemaError) {
    var compiler = SchemaCompiler(
      document: document, name: name, documents: documents, unknown: unknownKeywords)
    nodes = try compiler.compile()
    dynamicAnchors = compiler.dynamicAnchors
    tracksEvaluation = nodes.contains { $0.unevaluatedItems != nil || $0.unevaluatedProperties != nil }
    title = document["title"]?.string
    self.unknownKeywords = compiler.unknownKeywords.sorted()
  }

  /// - Throws: `FileError`, `SchemaError`.
  package init(path: String, unknownKeywords: UnknownKeywords = .refused) throws {
    var parser = JSONParser()
    let document: JSONNode
    do {
      document = try parser.parse(try readFile(path, limit: 4 << 20))
    } catch let error as JSONSyntaxError {
      throw SchemaError.notJSON(schema: path, reason: "\(error) (byte \(error.offset))")
    }
    if let dialect = document["$schema"]?.string, !SchemaCompiler.isKnown(dialect) {
      throw SchemaError.otherDialect(schema: path, dialect: excerpt(dialect))
    }
    try self.init(document, name: path, unknownKeywords: unknownKeywords)
  }

  /// Everything in `value` that breaks the schema, in the order of the data; empty where it is valid.
  package func violations(of value: JSONNode) -> [Violation] {
    var evaluation = SchemaEvaluation(schema: self)
    _ = evaluation.evaluate(0, value, "")
    return evaluation.violations
  }

  package func isValid(_ value: JSONNode) -> Bool { violations(of: value).isEmpty }
}
