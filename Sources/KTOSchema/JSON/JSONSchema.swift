package import KTOCore

/// A compiled JSON Schema (draft 2020-12) whose references stay within its document.
///
/// Known are the validation and applicator keywords of the draft except `unevaluated*`, `dependentSchemas`,
/// dynamic references and remote ones. Formats and content keywords are annotations, as the draft has them by
/// default. A keyword that is not known is an error when the schema is loaded.
package struct JSONSchema: Sendable {
  /// A place where the data breaks the schema.
  package struct Violation: Sendable, Equatable {
    /// Byte offset and JSON pointer of the value in the data.
    package var offset: Int
    package var pointer: String
    package var message: String
  }

  /// Compiled schema objects; `$ref` and applicators name them by index.
  let nodes: [SchemaNode]
  /// The schema's own `title`, for messages.
  package let title: String?

  /// - Parameter name: what errors call the schema.
  /// - Throws: `SchemaError`.
  package init(_ document: JSONNode, name: String) throws(SchemaError) {
    var compiler = SchemaCompiler(document: document, name: name)
    nodes = try compiler.compile()
    title = document["title"]?.string
  }

  /// - Throws: `FileError`, `SchemaError`.
  package init(path: String) throws {
    var parser = JSONParser()
    let document: JSONNode
    do {
      document = try parser.parse(try readFile(path, limit: 4 << 20))
    } catch let error as JSONSyntaxError {
      throw SchemaError.notJSON(schema: path, reason: "\(error) (byte \(error.offset))")
    }
    try self.init(document, name: path)
  }

  /// Everything in `value` that breaks the schema, in the order of the data; empty where it is valid.
  package func violations(of value: JSONNode) -> [Violation] {
    var evaluation = SchemaEvaluation(schema: self)
    evaluation.evaluate(0, value, "")
    return evaluation.violations
  }

  package func isValid(_ value: JSONNode) -> Bool { violations(of: value).isEmpty }
}

/// One schema object or boolean, its keywords decoded.
struct SchemaNode: Sendable {
  typealias Index = Int

  /// The boolean schemas: true passes all, false nothing.
  var verdict: Bool?
  var types: [String]?
  var enumeration: [JSONValue]?
  var constant: JSONValue?
  var reference: Index?

  var properties: [String: Index] = [:]
  var patternProperties: [(pattern: SchemaPattern, schema: Index)] = []
  var additionalProperties: Index?
  var propertyNames: Index?
  var required: [String] = []
  var dependentRequired: [(key: String, needs: [String])] = []
  var minProperties: Int?
  var maxProperties: Int?

  var prefixItems: [Index] = []
  var items: Index?
  var contains: Index?
  var minContains: Int?
  var maxContains: Int?
  var minItems: Int?
  var maxItems: Int?
  var uniqueItems = false

  var minLength: Int?
  var maxLength: Int?
  var pattern: SchemaPattern?
  var minimum: Double?
  var maximum: Double?
  var exclusiveMinimum: Double?
  var exclusiveMaximum: Double?
  var multipleOf: Double?

  var allOf: [Index] = []
  var anyOf: [Index] = []
  var oneOf: [Index] = []
  var not: Index?
  var condition: Index?
  var thenSchema: Index?
  var elseSchema: Index?
}
