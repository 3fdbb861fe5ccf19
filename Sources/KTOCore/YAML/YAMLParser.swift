/// Reads one YAML document into a tree, with bounds on its size and depth.
///
/// Plain scalars are typed by YAML 1.2's core schema; quoted ones are strings. Duplicate keys, anchors, aliases,
/// tags and a second document are errors.
package struct YAMLParser: Sendable {
  package var maxByteCount = 1 << 20
  package var maxDepth = 32

  package init() {}

  /// - Parameter file: what locations call the text.
  /// - Returns: the document; null for an empty text.
  package func parse(_ bytes: [UInt8], file: String) throws(YAMLError) -> YAMLNode {
    var position = YAMLPosition(bytes, file: file)
    guard bytes.count <= maxByteCount else {
      throw YAMLError(reason: .tooLarge(limit: maxByteCount), location: position.locate(byte: maxByteCount))
    }
    if let offset = firstInvalidUTF8(bytes) {
      throw YAMLError(reason: .invalidUTF8, location: position.locate(byte: offset))
    }
    let start = position.locate(byte: 0)
    var composer = Composer(reader: try YAMLEventReader(bytes, file: file), maxDepth: maxDepth)
    return try composer.document() ?? YAMLNode(.null, at: start)
  }
}

private struct Composer: ~Copyable {
  var reader: YAMLEventReader
  let maxDepth: Int

  mutating func document() throws(YAMLError) -> YAMLNode? {
    var document: YAMLNode?
    while true {
      let (event, location) = try reader.next()
      switch event {
      case .streamEnd: return document
      case .documentStart:
        if document != nil { throw YAMLError(reason: .severalDocuments, location: location) }
        document = try node(try reader.next(), depth: 0)
      default: continue
      }
    }
  }

  private mutating func node(_ first: (event: YAMLEvent, location: SourceLocation), depth: Int)
    throws(YAMLError) -> YAMLNode
  {
    let location = first.location
    guard depth < maxDepth else { throw YAMLError(reason: .tooDeep(limit: maxDepth), location: location) }
    switch first.event {
    case .scalar(let text, let isPlain, let properties):
      try refuse(properties, at: location)
      guard isPlain else { return YAMLNode(.string(text), at: location) }
      guard let value = plainYAMLScalar(text) else {
        throw YAMLError(reason: .numberOutOfRange(text), location: location)
      }
      return YAMLNode(value, at: location)
    case .sequenceStart(let properties):
      try refuse(properties, at: location)
      var items: [YAMLNode] = []
      while true {
        let next = try reader.next()
        if case .sequenceEnd = next.event { return YAMLNode(.sequence(items), at: location) }
        items.append(try node(next, depth: depth + 1))
      }
    case .mappingStart(let properties):
      try refuse(properties, at: location)
      return YAMLNode(.mapping(try members(depth: depth)), at: location)
    case .alias: throw YAMLError(reason: .anchor, location: location)
    default: throw YAMLError(reason: .syntax("a value is missing"), location: location)
    }
  }

  private mutating func members(depth: Int) throws(YAMLError) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var keys: Set<[UInt8]> = []
    while true {
      let (event, location) = try reader.next()
      if case .mappingEnd = event { return members }
      if case .alias = event { throw YAMLError(reason: .anchor, location: location) }
      guard case .scalar(let key, _, let properties) = event else {
        throw YAMLError(reason: .compositeKey, location: location)
      }
      try refuse(properties, at: location)
      guard keys.insert(Array(key.utf8)).inserted else {
        throw YAMLError(reason: .duplicateKey(key), location: location)
      }
      let value = try node(try reader.next(), depth: depth + 1)
      members.append(YAMLNode.Member(key: key, keyLocation: location, node: value))
    }
  }

  private func refuse(_ properties: YAMLProperties, at location: SourceLocation) throws(YAMLError) {
    if properties.hasAnchor { throw YAMLError(reason: .anchor, location: location) }
    if let tag = properties.tag { throw YAMLError(reason: .tag(tag), location: location) }
  }
}

/// The offset of the first byte that is not part of well-formed UTF-8, or nil.
private func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
  var decoder = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch decoder.parseScalar(from: &iterator) {
    case .valid(let scalar): offset += scalar.count
    case .emptyInput: return nil
    case .error: return offset
    }
  }
}
