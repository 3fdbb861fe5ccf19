package import KTOCore

/// An example's JSON but for its id, which is known only when all before it are: a JSON object a line whose members
/// always come in the same order, absent ones left out.
///
/// A superset of TRL's unpaired conversational preference row. An example that has no label yet carries its `signal`
/// in its place, one object or a list of them, so that labelling can be a step of its own.
package struct EncodedExample: Sendable {
  /// From the prompt to the group.
  private var head: [UInt8]
  /// From the tools to the end.
  private var tail: [UInt8]

  package init(_ example: Example) {
    var writer = JSONWriter()
    writer.raw(#","prompt":"#)
    writer.write(example.prompt)
    writer.raw(#","completion":"#)
    writer.write(example.completion)
    if let label = example.label {
      writer.raw(label ? #","label":true"# : #","label":false"#)
    } else if !example.signals.isEmpty {
      let signals = example.signals.map { $0.json() }
      writer.raw(#","signal":"#)
      writer.write(signals.count == 1 ? signals[0] : .items(signals))
    }
    writer.raw(#","group":"#)
    writer.write(example.group)
    head = writer.take()
    if let tools = example.tools {
      writer.raw(#","tools":"#)
      writer.write(tools)
    }
    if let metadata = example.metadata {
      writer.raw(#","metadata":"#)
      writer.write(metadata)
    }
    let source = example.source
    writer.raw(#","source":{"file":"#)
    writer.write(source.file)
    writer.raw(
      #","line":\#(source.line),"column":\#(source.column),"byteOffset":\#(source.byteOffset),"pointer":"#)
    writer.write(source.pointer)
    if !source.verdicts.isEmpty {
      writer.raw(#","verdicts":"#)
      writer.write(.items(source.verdicts.map { .string($0) }))
    }
    writer.raw("}}")
    tail = writer.take()
  }

  /// The object, without a line end.
  package func object(id: String, weight: Double?) -> [UInt8] {
    let (head, tail) = parts(id: id)
    return Self.joined(head, weight: weight, tail)
  }

  /// The object in two parts, between which a weight goes where the example has one.
  func parts(id: String) -> (head: [UInt8], tail: [UInt8]) {
    var writer = JSONWriter()
    writer.raw(#"{"id":"#)
    writer.write(id)
    writer.raw(head)
    return (writer.take(), tail)
  }

  static func joined(_ head: [UInt8], weight: Double?, _ tail: [UInt8]) -> [UInt8] {
    guard let weight else { return head + tail }
    var writer = JSONWriter()
    writer.raw(head)
    writer.raw(#","weight":"#)
    writer.write(.double(weight))
    writer.raw(tail)
    return writer.take()
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ messages: [Message]) {
    raw("[")
    for (index, message) in messages.enumerated() {
      if index > 0 { raw(",") }
      guard message.extra == nil else {
        write(message.json())
        continue
      }
      raw(#"{"role":"#)
      write(message.role)
      raw(#","content":"#)
      write(message.content)
      raw("}")
    }
    raw("]")
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
}

extension Signal {
  fileprivate func json() -> JSONValue {
    switch self {
    case .field(let isDesirable): .members(["field": .bool(isDesirable)])
    case .pair(let isBetter): .members(["pair": .bool(isBetter)])
    case .tie: .members(["tie": .bool(true)])
    case .score(let score, let isAccepted):
      .members(["score": .double(score), "accepted": .bool(isAccepted)])
    case .rank(let rank, let last): .members(["rank": .integer(rank), "last": .integer(last)])
    case .word(let word): .members(["word": .string(word)])
    case .value(let value, let place):
      .members(["value": value, "at": .string(place.map { jsonPointerToken($0) }.joined())])
    }
  }
}

private func member(_ key: String, _ value: JSONValue) -> JSONObject.Member {
  JSONObject.Member(key, JSONNode(value))
}
