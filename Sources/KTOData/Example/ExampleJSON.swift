package import KTOCore

extension Example {
  /// The example as a JSON object whose members always come in the same order, absent ones left out.
  ///
  /// A superset of TRL's unpaired conversational preference row. An example that has no label yet carries its
  /// `signal` in its place, so that labelling can be a step of its own.
  package func json() -> JSONValue {
    var members = [
      member("id", .string(id)),
      member("prompt", .items(prompt.map { $0.json() })),
      member("completion", .items(completion.map { $0.json() })),
    ]
    if let label {
      members.append(member("label", .bool(label)))
    } else if let signal = signal.json() {
      members.append(member("signal", signal))
    }
    members.append(member("group", .string(group)))
    if let weight { members.append(member("weight", .double(weight))) }
    if let tools { members.append(member("tools", tools)) }
    members.append(member("source", source.json()))
    return .object(JSONObject(members))
  }

  /// Reads what `json()` writes; anything else is an error with the byte offset the node carries.
  package init(json node: JSONNode) throws(ExampleError) {
    var fields = try FieldReader(node, pointer: "")
    id = try fields.required("id", FieldReader.string)
    prompt = try fields.required("prompt", messages)
    completion = try fields.required("completion", messages)
    label = try fields.optional("label", FieldReader.bool)
    group = try fields.required("group", FieldReader.string)
    weight = try fields.optional("weight", readWeight)
    tools = fields.take("tools").flatMap { $0.isNull ? nil : $0.value }
    source = try fields.required("source", Source.init(node:pointer:))
    signal = try fields.optional("signal", Signal.init(node:pointer:)) ?? .none
    try fields.finish()
  }

  /// The example as one line of UTF-8 that ends with a newline.
  package func jsonLine() -> [UInt8] {
    var writer = JSONWriter()
    writer.write(json())
    return writer.bytes + [0x0A]
  }
}

extension Message {
  /// Role and content, then the members of `extra`.
  package func json() -> JSONValue {
    var members = [member("role", .string(role)), member("content", .string(content))]
    if let extra {
      var parser = JSONParser()
      if case .object(let object)? = (try? parser.parse(extra.utf8))?.value {
        members += object.members.filter { $0.key != "role" && $0.key != "content" }
      } else {
        // Not an object, which no reader of ours produces: kept as text, so that nothing is lost.
        members.append(member("extra", .string(extra)))
      }
    }
    return .object(JSONObject(members))
  }

  init(node: JSONNode, pointer: String) throws(ExampleError) {
    var fields = try FieldReader(node, pointer: pointer)
    role = try fields.required("role", FieldReader.string)
    content = try fields.required("content", FieldReader.string)
    let rest = fields.remaining
    extra = rest.isEmpty ? nil : JSONValue.object(JSONObject(rest)).jsonText
  }
}

extension Source {
  package func json() -> JSONValue {
    .members([
      "file": .string(file), "line": .integer(line), "byteOffset": .integer(byteOffset),
      "pointer": .string(pointer),
    ])
  }

  init(node: JSONNode, pointer path: String) throws(ExampleError) {
    var fields = try FieldReader(node, pointer: path)
    file = try fields.required("file", FieldReader.string)
    line = try fields.required("line", FieldReader.count)
    byteOffset = try fields.required("byteOffset", FieldReader.count)
    pointer = try fields.required("pointer", FieldReader.string)
    try fields.finish()
  }
}

extension Signal {
  fileprivate func json() -> JSONValue? {
    switch self {
    case .none: nil
    case .field(let isDesirable): .members(["field": .bool(isDesirable)])
    case .pair(let isBetter): .members(["pair": .bool(isBetter)])
    case .score(let score, let isAccepted):
      .members(["score": .double(score), "accepted": .bool(isAccepted)])
    }
  }

  fileprivate init(node: JSONNode, pointer: String) throws(ExampleError) {
    var fields = try FieldReader(node, pointer: pointer)
    if let isDesirable = try fields.optional("field", FieldReader.bool) {
      self = .field(isDesirable)
    } else if let isBetter = try fields.optional("pair", FieldReader.bool) {
      self = .pair(isBetter)
    } else {
      let score = try fields.required("score", FieldReader.number)
      self = .score(score, isAccepted: try fields.required("accepted", FieldReader.bool))
    }
    try fields.finish()
  }
}

private func member(_ key: String, _ value: JSONValue) -> JSONObject.Member {
  JSONObject.Member(key, JSONNode(value))
}

private func messages(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> [Message] {
  guard let items = node.array else {
    throw ExampleError(
      .wrongType(expected: "an array of messages", found: node.typeName), pointer: pointer,
      offset: node.offset)
  }
  var messages: [Message] = []
  messages.reserveCapacity(items.count)
  for (index, item) in items.enumerated() {
    messages.append(try Message(node: item, pointer: "\(pointer)/\(index)"))
  }
  return messages
}

private func readWeight(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> Double {
  let weight = try FieldReader.number(node, pointer)
  guard weight >= 0, weight.isFinite else {
    throw ExampleError(.outOfRange, pointer: pointer, offset: node.offset)
  }
  return weight
}

/// Takes the members of one object one by one, and knows which were not asked for.
private struct FieldReader {
  private(set) var remaining: [JSONObject.Member]
  private let pointer: String
  private let offset: Int

  init(_ node: JSONNode, pointer: String) throws(ExampleError) {
    guard let object = node.object else {
      throw ExampleError(
        .wrongType(expected: "an object", found: node.typeName), pointer: pointer, offset: node.offset)
    }
    remaining = object.members
    self.pointer = pointer
    offset = node.offset
  }

  mutating func take(_ key: String) -> JSONNode? {
    guard let index = remaining.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) else { return nil }
    return remaining.remove(at: index).node
  }

  mutating func required<T>(
    _ key: String, _ read: (JSONNode, String) throws(ExampleError) -> T
  ) throws(ExampleError) -> T {
    guard let node = take(key) else {
      throw ExampleError(.missing(key: key), pointer: pointer, offset: offset)
    }
    return try read(node, pointer + "/" + key)
  }

  /// Nil where the key is absent or null.
  mutating func optional<T>(
    _ key: String, _ read: (JSONNode, String) throws(ExampleError) -> T
  ) throws(ExampleError) -> T? {
    guard let node = take(key), !node.isNull else { return nil }
    return try read(node, pointer + "/" + key)
  }

  func finish() throws(ExampleError) {
    guard let extra = remaining.first else { return }
    throw ExampleError(
      .unknownKey(extra.key), pointer: pointer + jsonPointerToken(extra.key), offset: extra.keyOffset)
  }

  static func string(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> String {
    guard let text = node.string else { throw wrongType("a string", node, pointer) }
    return text
  }

  static func bool(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> Bool {
    guard let flag = node.bool else { throw wrongType("true or false", node, pointer) }
    return flag
  }

  static func number(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> Double {
    guard let number = node.double else { throw wrongType("a number", node, pointer) }
    return number
  }

  static func count(_ node: JSONNode, _ pointer: String) throws(ExampleError) -> Int {
    guard let number = node.int else { throw wrongType("an integer", node, pointer) }
    guard number >= 0 else { throw ExampleError(.outOfRange, pointer: pointer, offset: node.offset) }
    return number
  }

  private static func wrongType(_ expected: String, _ node: JSONNode, _ pointer: String) -> ExampleError {
    ExampleError(.wrongType(expected: expected, found: node.typeName), pointer: pointer, offset: node.offset)
  }
}
