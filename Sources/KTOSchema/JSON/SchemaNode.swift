internal import KTOCore

/// One schema object or boolean, its keywords decoded.
struct SchemaNode: Sendable {
  typealias Index = Int

  /// Where it is: a JSON pointer with `#` before it, and before that the URI of another document than the schema.
  var place = "#"
  /// The resource that it belongs to.
  var resource = 0
  /// Whether a reference leads here, so that a circle may.
  var isReferenced = false

  /// The boolean schemas: true passes all, false nothing.
  var verdict: Bool?
  var types: [String]?
  var enumeration: [JSONValue]?
  var constant: JSONValue?
  var reference: Index?
  /// Where `$dynamicRef` leads; with an anchor's name, to the outermost resource on the way that has it.
  var dynamicReference: (first: Index, anchor: String?)?

  var properties: [String: Index] = [:]
  var patternProperties: [(pattern: SchemaPattern, schema: Index)] = []
  var additionalProperties: Index?
  var unevaluatedProperties: Index?
  var propertyNames: Index?
  var required: [String] = []
  var dependentRequired: [(key: String, needs: [String])] = []
  var dependentSchemas: [(key: String, schema: Index)] = []
  var minProperties: Int?
  var maxProperties: Int?

  var prefixItems: [Index] = []
  var items: Index?
  var unevaluatedItems: Index?
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
