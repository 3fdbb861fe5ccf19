internal import KTOCore

/// Decodes a schema and what it refers to into nodes, each place once; a reference may be circular.
struct SchemaCompiler {
  private let document: JSONNode
  private let name: String
  private let documentURIs: [String]
  private let resources: SchemaResources
  private let unknown: JSONSchema.UnknownKeywords
  private var nodes: [SchemaNode] = []
  private var indices: [[String: Int]]
  private var pending: [(index: Int, place: SchemaPlace)] = []
  /// Whether the keywords of validation mean something, by the document's `$schema`.
  private var validates: [Bool] = []
  private(set) var dynamicAnchors: [String: [Int: SchemaNode.Index]] = [:]
  private(set) var unknownKeywords: Set<String> = []

  init(
    document: JSONNode, name: String, documents: [(uri: String, node: JSONNode)],
    unknown: JSONSchema.UnknownKeywords
  ) {
    self.document = document
    self.name = name
    self.unknown = unknown
    let all = [("", document)] + documents
    documentURIs = all.map(\.0)
    resources = SchemaResources(all)
    indices = all.map { _ in [:] }
    for (_, node) in all { validates.append(Self.validates(node, resources)) }
  }

  /// The nodes; the first is the whole document.
  mutating func compile() throws(SchemaError) -> [SchemaNode] {
    _ = schema(resources.main(document))
    while let next = pending.popLast() { nodes[next.index] = try decode(next.place, nodes[next.index]) }
    return nodes
  }

  private static let dialect = "https://json-schema.org/draft/2020-12/"

  /// Whether a `$schema` is that of the draft.
  static func isKnown(_ dialect: String) -> Bool { SchemaURI(dialect).absolute == Self.dialect + "schema" }

  /// Whether a document's dialect has the vocabulary of validation: a dialect of its own may leave it out.
  private static func validates(_ document: JSONNode, _ resources: SchemaResources) -> Bool {
    guard let dialect = document["$schema"]?.string, !isKnown(dialect),
      let vocabularies = resources.root(dialect)?["$vocabulary"]?.object
    else { return true }
    return vocabularies[Self.dialect + "vocab/validation"] != nil
  }

  private mutating func schema(_ place: SchemaPlace, isReferenced: Bool = false) -> Int {
    if let known = indices[place.document][place.pointer] {
      if isReferenced { nodes[known].isReferenced = true }
      return known
    }
    let index = nodes.count
    var node = SchemaNode()
    node.place = documentURIs[place.document] + "#" + place.pointer
    node.resource = place.resource
    node.isReferenced = isReferenced
    nodes.append(node)
    indices[place.document][place.pointer] = index
    pending.append((index, place))
    return index
  }

  private mutating func decode(_ place: SchemaPlace, _ empty: SchemaNode) throws(SchemaError) -> SchemaNode {
    var result = empty
    if let verdict = place.node.bool {
      result.verdict = verdict
      return result
    }
    guard let object = place.node.object else { throw invalid(place) }
    for member in object.members {
      let at = resources.step(place, member.node, jsonPointerToken(member.key))
      if try decodeApplicator(member.key, at, into: &result) { continue }
      if try decodeReference(member.key, at, into: &result) { continue }
      if Self.validationKeywords.contains(member.key) {
        if validates[place.document] { try decodeValidation(member.key, at, into: &result) }
        continue
      }
      switch member.key {
      case "$schema", "$id", "$comment", "$anchor", "$dynamicAnchor", "$vocabulary", "title", "description",
        "default",
        "examples", "deprecated", "readOnly", "writeOnly", "format", "contentMediaType", "contentEncoding",
        "contentSchema":
        continue
      case "$defs":
        for (_, definition) in try members(at) { _ = schema(definition) }
      default:
        guard unknown == .ignored else {
          throw .unknownKeyword(schema: name, pointer: at.pointer, keyword: excerpt(member.key))
        }
        unknownKeywords.insert(member.key)
      }
    }
    return result
  }

  // MARK: - Applicators

  private mutating func decodeApplicator(
    _ key: String, _ at: SchemaPlace, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    switch key {
    case "properties":
      for (key, place) in try members(at) { result.properties[key] = schema(place) }
    case "patternProperties":
      for (key, place) in try members(at) {
        result.patternProperties.append((try pattern(key, place), schema(place)))
      }
    case "dependentSchemas":
      for (key, place) in try members(at) { result.dependentSchemas.append((key, schema(place))) }
    case "additionalProperties": result.additionalProperties = schema(at)
    case "unevaluatedProperties": result.unevaluatedProperties = schema(at)
    case "propertyNames": result.propertyNames = schema(at)
    case "prefixItems": result.prefixItems = try list(at)
    case "items": result.items = schema(at)
    case "unevaluatedItems": result.unevaluatedItems = schema(at)
    case "contains": result.contains = schema(at)
    case "allOf": result.allOf = try list(at)
    case "anyOf": result.anyOf = try list(at)
    case "oneOf": result.oneOf = try list(at)
    case "not": result.not = schema(at)
    case "if": result.condition = schema(at)
    case "then": result.thenSchema = schema(at)
    case "else": result.elseSchema = schema(at)
    default: return false
    }
    return true
  }

  private mutating func decodeReference(
    _ key: String, _ at: SchemaPlace, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    guard key == "$ref" || key == "$dynamicRef" else { return false }
    guard let reference = at.node.string else { throw invalid(at) }
    guard let target = resources.place(of: reference, in: at.resource) else {
      throw .unresolvedReference(schema: name, reference: excerpt(reference, limit: 80))
    }
    let index = schema(target.place, isReferenced: true)
    if key == "$ref" {
      result.reference = index
      return true
    }
    let anchor = target.anchor.flatMap { resources.isDynamic($0, at: target.place) ? $0 : nil }
    if let anchor, dynamicAnchors[anchor] == nil {
      dynamicAnchors[anchor] = [:]
      for (resource, place) in resources.dynamicAnchors[anchor] ?? [:] {
        let index = schema(place, isReferenced: true)
        dynamicAnchors[anchor]?[resource] = index
      }
    }
    result.dynamicReference = (index, anchor)
    return true
  }

  // MARK: - Validation

  private static let validationKeywords: Set<String> = [
    "type", "enum", "const", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "required", "dependentRequired", "minProperties", "maxProperties",
    "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
  ]

  private func decodeValidation(
    _ key: String, _ at: SchemaPlace, into result: inout SchemaNode
  ) throws(SchemaError) {
    switch key {
    case "type":
      let types = at.node.string.map { [$0] }
      result.types = if let types { types } else { try strings(at) }
      let known = ["null", "boolean", "object", "array", "number", "integer", "string"]
      guard result.types?.allSatisfy({ known.contains($0) }) == true else { throw invalid(at) }
    case "enum":
      guard let values = at.node.array else { throw invalid(at) }
      result.enumeration = values.map(\.value)
    case "const": result.constant = at.node.value
    case "minLength": result.minLength = try count(at)
    case "maxLength": result.maxLength = try count(at)
    case "pattern":
      guard let text = at.node.string else { throw invalid(at) }
      result.pattern = try pattern(text, at)
    case "minimum": result.minimum = try number(at)
    case "maximum": result.maximum = try number(at)
    case "exclusiveMinimum": result.exclusiveMinimum = try number(at)
    case "exclusiveMaximum": result.exclusiveMaximum = try number(at)
    case "multipleOf":
      let divisor = try number(at)
      guard divisor > 0 else { throw invalid(at) }
      result.multipleOf = divisor
    case "required": result.required = try strings(at)
    case "dependentRequired":
      for (key, place) in try members(at) { result.dependentRequired.append((key, try strings(place))) }
    case "minProperties": result.minProperties = try count(at)
    case "maxProperties": result.maxProperties = try count(at)
    case "minItems": result.minItems = try count(at)
    case "maxItems": result.maxItems = try count(at)
    case "minContains": result.minContains = try count(at)
    case "maxContains": result.maxContains = try count(at)
    default:
      guard let flag = at.node.bool else { throw invalid(at) }
      result.uniqueItems = flag
    }
  }

  // MARK: - Values

  private func members(_ at: SchemaPlace) throws(SchemaError) -> [(String, SchemaPlace)] {
    guard let members = at.node.object?.members else { throw invalid(at) }
    return members.map { ($0.key, resources.step(at, $0.node, jsonPointerToken($0.key))) }
  }

  private mutating func list(_ at: SchemaPlace) throws(SchemaError) -> [Int] {
    guard let items = at.node.array, !items.isEmpty else { throw invalid(at) }
    var result: [Int] = []
    for (index, item) in items.enumerated() { result.append(schema(resources.step(at, item, "/\(index)"))) }
    return result
  }

  private func strings(_ at: SchemaPlace) throws(SchemaError) -> [String] {
    guard let items = at.node.array else { throw invalid(at) }
    var result: [String] = []
    for item in items {
      guard let text = item.string else { throw invalid(at) }
      result.append(text)
    }
    return result
  }

  private func count(_ at: SchemaPlace) throws(SchemaError) -> Int {
    guard let number = at.node.double, let count = Int(exactly: number), count >= 0 else { throw invalid(at) }
    return count
  }

  private func number(_ at: SchemaPlace) throws(SchemaError) -> Double {
    guard let number = at.node.double else { throw invalid(at) }
    return number
  }

  private func pattern(_ text: String, _ at: SchemaPlace) throws(SchemaError) -> SchemaPattern {
    guard let pattern = SchemaPattern(text) else { throw invalid(at) }
    return pattern
  }

  private func invalid(_ at: SchemaPlace) -> SchemaError {
    .invalidKeyword(schema: name, pointer: at.pointer)
  }
}
