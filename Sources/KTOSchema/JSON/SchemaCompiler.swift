internal import KTOCore

/// Decodes a schema document into nodes, each place once; a reference may be circular.
struct SchemaCompiler {
  private let document: JSONNode
  private let name: String
  private var nodes: [SchemaNode] = []
  private var indices: [String: Int] = [:]
  private var pending: [(index: Int, node: JSONNode, pointer: String)] = []

  init(document: JSONNode, name: String) {
    self.document = document
    self.name = name
  }

  /// The nodes; the first is the whole document.
  mutating func compile() throws(SchemaError) -> [SchemaNode] {
    _ = schema(document, "")
    while let next = pending.popLast() { nodes[next.index] = try decode(next.node, next.pointer) }
    return nodes
  }

  private mutating func schema(_ node: JSONNode, _ pointer: String) -> Int {
    if let known = indices[pointer] { return known }
    let index = nodes.count
    nodes.append(SchemaNode())
    indices[pointer] = index
    pending.append((index, node, pointer))
    return index
  }

  private mutating func decode(_ node: JSONNode, _ pointer: String) throws(SchemaError) -> SchemaNode {
    var result = SchemaNode()
    if let verdict = node.bool {
      result.verdict = verdict
      return result
    }
    guard let object = node.object else { throw invalid(pointer) }
    for member in object.members {
      let at = pointer + jsonPointerToken(member.key)
      if try decodeObjectKeyword(member.key, member.node, at, into: &result) { continue }
      if try decodeArrayKeyword(member.key, member.node, at, into: &result) { continue }
      if try decodeScalarKeyword(member.key, member.node, at, into: &result) { continue }
      if try decodeApplicator(member.key, member.node, at, into: &result) { continue }
      switch member.key {
      case "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated",
        "readOnly", "writeOnly", "format", "contentMediaType", "contentEncoding", "contentSchema":
        continue
      case "$defs":
        guard let definitions = member.node.object else { throw invalid(at) }
        for definition in definitions.members {
          _ = schema(definition.node, at + jsonPointerToken(definition.key))
        }
      default: throw .unknownKeyword(schema: name, pointer: at, keyword: excerpt(member.key))
      }
    }
    return result
  }

  private mutating func decodeObjectKeyword(
    _ key: String, _ node: JSONNode, _ at: String, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    switch key {
    case "properties":
      guard let members = node.object?.members else { throw invalid(at) }
      for member in members {
        result.properties[member.key] = schema(member.node, at + jsonPointerToken(member.key))
      }
    case "patternProperties":
      guard let members = node.object?.members else { throw invalid(at) }
      for member in members {
        let place = at + jsonPointerToken(member.key)
        result.patternProperties.append((try pattern(member.key, place), schema(member.node, place)))
      }
    case "additionalProperties": result.additionalProperties = schema(node, at)
    case "propertyNames": result.propertyNames = schema(node, at)
    case "required": result.required = try strings(node, at)
    case "dependentRequired":
      guard let members = node.object?.members else { throw invalid(at) }
      for member in members { result.dependentRequired.append((member.key, try strings(member.node, at))) }
    case "minProperties": result.minProperties = try count(node, at)
    case "maxProperties": result.maxProperties = try count(node, at)
    default: return false
    }
    return true
  }

  private mutating func decodeArrayKeyword(
    _ key: String, _ node: JSONNode, _ at: String, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    switch key {
    case "prefixItems": result.prefixItems = try list(node, at)
    case "items": result.items = schema(node, at)
    case "contains": result.contains = schema(node, at)
    case "minContains": result.minContains = try count(node, at)
    case "maxContains": result.maxContains = try count(node, at)
    case "minItems": result.minItems = try count(node, at)
    case "maxItems": result.maxItems = try count(node, at)
    case "uniqueItems":
      guard let flag = node.bool else { throw invalid(at) }
      result.uniqueItems = flag
    default: return false
    }
    return true
  }

  private mutating func decodeScalarKeyword(
    _ key: String, _ node: JSONNode, _ at: String, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    switch key {
    case "type":
      let types = node.string.map { [$0] }
      result.types = if let types { types } else { try strings(node, at) }
      let known = ["null", "boolean", "object", "array", "number", "integer", "string"]
      guard result.types?.allSatisfy({ known.contains($0) }) == true else { throw invalid(at) }
    case "enum":
      guard let values = node.array else { throw invalid(at) }
      result.enumeration = values.map(\.value)
    case "const": result.constant = node.value
    case "minLength": result.minLength = try count(node, at)
    case "maxLength": result.maxLength = try count(node, at)
    case "pattern":
      guard let text = node.string else { throw invalid(at) }
      result.pattern = try pattern(text, at)
    case "minimum": result.minimum = try number(node, at)
    case "maximum": result.maximum = try number(node, at)
    case "exclusiveMinimum": result.exclusiveMinimum = try number(node, at)
    case "exclusiveMaximum": result.exclusiveMaximum = try number(node, at)
    case "multipleOf":
      let divisor = try number(node, at)
      guard divisor > 0 else { throw invalid(at) }
      result.multipleOf = divisor
    default: return false
    }
    return true
  }

  private mutating func decodeApplicator(
    _ key: String, _ node: JSONNode, _ at: String, into result: inout SchemaNode
  ) throws(SchemaError) -> Bool {
    switch key {
    case "allOf": result.allOf = try list(node, at)
    case "anyOf": result.anyOf = try list(node, at)
    case "oneOf": result.oneOf = try list(node, at)
    case "not": result.not = schema(node, at)
    case "if": result.condition = schema(node, at)
    case "then": result.thenSchema = schema(node, at)
    case "else": result.elseSchema = schema(node, at)
    case "$ref":
      guard let reference = node.string else { throw invalid(at) }
      result.reference = try resolve(reference)
    default: return false
    }
    return true
  }

  // MARK: - Values

  private mutating func resolve(_ reference: String) throws(SchemaError) -> Int {
    let missing = SchemaError.unresolvedReference(schema: name, reference: excerpt(reference, limit: 80))
    guard reference.hasPrefix("#"), let pointer = percentDecoded(reference.dropFirst()) else { throw missing }
    var node = document
    var path = ""
    if pointer.isEmpty { return schema(document, "") }
    guard pointer.hasPrefix("/") else { throw missing }
    for token in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      let key = unescaped(token)
      if let member = node[key] {
        node = member
      } else if let items = node.array, let index = Int(key), items.indices.contains(index) {
        node = items[index]
      } else {
        throw missing
      }
      path += jsonPointerToken(key)
    }
    return schema(node, path)
  }

  private func unescaped(_ token: Substring) -> String {
    var key = ""
    var iterator = token.makeIterator()
    while let character = iterator.next() {
      if character == "~" { key.append(iterator.next() == "1" ? "/" : "~") } else { key.append(character) }
    }
    return key
  }

  private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      rest = rest.dropFirst(2)
      bytes.append(code)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private mutating func list(_ node: JSONNode, _ at: String) throws(SchemaError) -> [Int] {
    guard let items = node.array, !items.isEmpty else { throw invalid(at) }
    var result: [Int] = []
    for (index, item) in items.enumerated() { result.append(schema(item, "\(at)/\(index)")) }
    return result
  }

  private func strings(_ node: JSONNode, _ at: String) throws(SchemaError) -> [String] {
    guard let items = node.array else { throw invalid(at) }
    var result: [String] = []
    for item in items {
      guard let text = item.string else { throw invalid(at) }
      result.append(text)
    }
    return result
  }

  private func count(_ node: JSONNode, _ at: String) throws(SchemaError) -> Int {
    guard let number = node.double, let count = Int(exactly: number), count >= 0 else { throw invalid(at) }
    return count
  }

  private func number(_ node: JSONNode, _ at: String) throws(SchemaError) -> Double {
    guard let number = node.double else { throw invalid(at) }
    return number
  }

  private func pattern(_ text: String, _ at: String) throws(SchemaError) -> SchemaPattern {
    guard let pattern = SchemaPattern(text) else { throw invalid(at) }
    return pattern
  }

  private func invalid(_ at: String) -> SchemaError { .invalidKeyword(schema: name, pointer: at) }
}
