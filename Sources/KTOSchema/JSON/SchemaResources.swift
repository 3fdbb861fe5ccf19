internal import KTOCore

/// A place in one of the documents: a JSON pointer, and the resource that it belongs to.
struct SchemaPlace {
  var node: JSONNode
  var document: Int
  var pointer: String
  /// A number in `SchemaResources.uris`.
  var resource: Int
}

/// What the identifiers of some documents name: resources by `$id`, and places in them by `$anchor` and
/// `$dynamicAnchor`. Nothing is ever fetched.
struct SchemaResources {
  /// The URI of each resource; the first is the main document's.
  private(set) var uris: [String] = []
  private var resources: [String: SchemaPlace] = [:]
  private var anchors: [String: SchemaPlace] = [:]
  /// By name, then by resource.
  private(set) var dynamicAnchors: [String: [Int: SchemaPlace]] = [:]
  /// Resources that subschemas begin, by document and pointer.
  private var resourceAt: [Int: [String: Int]] = [:]

  /// - Parameter documents: the first is the schema; the others are what it may refer to, each with the URI that it was
  ///   found under.
  init(_ documents: [(uri: String, node: JSONNode)]) {
    for (number, document) in documents.enumerated() {
      let uri = SchemaURI(document.uri).absolute
      let resource = add(uri)
      let place = SchemaPlace(node: document.node, document: number, pointer: "", resource: resource)
      resourceAt[number, default: [:]][""] = resource
      walk(place)
      // Its own `$id` may have given it another name.
      var root = place
      root.resource = resourceAt[number]?[""] ?? resource
      resources[uri] = resources[uri] ?? root
    }
  }

  /// Where the main document is.
  func main(_ node: JSONNode) -> SchemaPlace {
    SchemaPlace(node: node, document: 0, pointer: "", resource: resourceAt[0]?[""] ?? 0)
  }

  /// The place that a reference in a resource leads to, and the anchor that names it, if one does; nil where it leads
  /// nowhere.
  func place(of reference: String, in resource: Int) -> (place: SchemaPlace, anchor: String?)? {
    let uri = SchemaURI(reference).resolved(against: uris[resource])
    guard let root = resources[uri.absolute] else { return nil }
    guard let fragment = uri.fragment, !fragment.isEmpty else { return (root, nil) }
    guard let text = percentDecoded(fragment) else { return nil }
    if text.hasPrefix("/") {
      return pointed(to: text, from: root).map { ($0, nil) }
    }
    return anchors[uris[root.resource] + "#" + text].map { ($0, text) }
  }

  /// Whether an anchor of a place is a dynamic one.
  func isDynamic(_ anchor: String, at place: SchemaPlace) -> Bool {
    dynamicAnchors[anchor]?[place.resource] != nil
  }

  /// The document that a `$schema` names; nil where none of the documents is it.
  func root(_ uri: String) -> JSONNode? { resources[SchemaURI(uri).absolute]?.node }

  /// The place of a member or an item of a place.
  func step(_ place: SchemaPlace, _ node: JSONNode, _ token: String) -> SchemaPlace {
    let pointer = place.pointer + token
    return SchemaPlace(
      node: node, document: place.document, pointer: pointer,
      resource: resourceAt[place.document]?[pointer] ?? place.resource)
  }

  private func pointed(to pointer: String, from root: SchemaPlace) -> SchemaPlace? {
    var place = root
    for token in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      let key = unescaped(token)
      if let member = place.node[key] {
        place = step(place, member, jsonPointerToken(key))
      } else if let items = place.node.array, let index = Int(key), items.indices.contains(index) {
        place = step(place, items[index], "/\(index)")
      } else {
        return nil
      }
    }
    return place
  }

  // MARK: - Identifiers

  private mutating func add(_ uri: String) -> Int {
    uris.append(uri)
    return uris.count - 1
  }

  /// Looks for identifiers where schemas are, and nowhere else: in an `enum` they are data.
  private mutating func walk(_ place: SchemaPlace) {
    guard let object = place.node.object else { return }
    var place = place
    if let id = object["$id"]?.string {
      let uri = SchemaURI(id).resolved(against: uris[place.resource]).absolute
      place.resource = add(uri)
      resourceAt[place.document, default: [:]][place.pointer] = place.resource
      resources[uri] = resources[uri] ?? place
    }
    let uri = uris[place.resource]
    if let anchor = object["$anchor"]?.string { anchors[uri + "#" + anchor] = place }
    if let anchor = object["$dynamicAnchor"]?.string {
      anchors[uri + "#" + anchor] = place
      dynamicAnchors[anchor, default: [:]][place.resource] = place
    }
    for member in object.members {
      let below = step(place, member.node, jsonPointerToken(member.key))
      switch SchemaKeywords.children[member.key] {
      case .schema?: walk(below)
      case .list?:
        for (index, item) in (member.node.array ?? []).enumerated() { walk(step(below, item, "/\(index)")) }
      case .members?:
        for item in member.node.object?.members ?? [] {
          walk(step(below, item.node, jsonPointerToken(item.key)))
        }
      case nil: continue
      }
    }
  }
}

/// Which keywords hold schemas, and how.
enum SchemaKeywords {
  enum Children { case schema, list, members }

  static let children: [String: Children] = [
    "additionalProperties": .schema, "propertyNames": .schema, "items": .schema, "contains": .schema,
    "not": .schema, "if": .schema, "then": .schema, "else": .schema, "unevaluatedProperties": .schema,
    "unevaluatedItems": .schema, "contentSchema": .schema,
    "allOf": .list, "anyOf": .list, "oneOf": .list, "prefixItems": .list,
    "properties": .members, "patternProperties": .members, "dependentSchemas": .members, "$defs": .members,
  ]
}

/// A step of a JSON pointer as the key that it names.
private func unescaped(_ token: Substring) -> String {
  var key = ""
  var iterator = token.makeIterator()
  while let character = iterator.next() {
    if character == "~" { key.append(iterator.next() == "1" ? "/" : "~") } else { key.append(character) }
  }
  return key
}

private func percentDecoded(_ text: String) -> String? {
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
