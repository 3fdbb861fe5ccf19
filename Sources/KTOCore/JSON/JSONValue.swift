/// A JSON value that remembers where it began, so that every finding about it can be located.
package struct JSONNode: Sendable, Equatable {
  package var value: JSONValue
  /// Byte offset of the value's first byte from the start of the parsed input.
  package var offset: Int

  package init(_ value: JSONValue, offset: Int = 0) {
    self.value = value
    self.offset = offset
  }
}

/// The value itself. Members of an object keep the order of the file.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  case array([JSONNode])
  case object(JSONObject)
}

/// An object's members in file order. Keys are unique by their bytes.
package struct JSONObject: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package var key: String
    package var keyOffset: Int
    package var node: JSONNode

    package init(_ key: String, _ node: JSONNode, keyOffset: Int = 0) {
      self.key = key
      self.keyOffset = keyOffset
      self.node = node
    }
  }

  package var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The member of that name, compared by bytes; linear in the number of members.
  package subscript(key: String) -> JSONNode? {
    members.first { $0.key.hasSameBytes(as: key) }?.node
  }
}

extension JSONNode {
  package subscript(key: String) -> JSONNode? {
    if case .object(let object) = value { object[key] } else { nil }
  }

  package var string: String? { if case .string(let text) = value { text } else { nil } }
  package var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
  package var int: Int? { if case .integer(let number) = value { number } else { nil } }
  package var array: [JSONNode]? { if case .array(let items) = value { items } else { nil } }
  package var object: JSONObject? { if case .object(let object) = value { object } else { nil } }
  package var isNull: Bool { value == .null }

  /// Any number, as a double.
  package var double: Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// The JSON type's name, for messages.
  package var typeName: String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

/// A member's step in a JSON pointer (RFC 6901).
package func jsonPointerToken(_ key: String) -> String {
  var token = "/"
  for character in key.unicodeScalars {
    switch character {
    case "~": token += "~0"
    case "/": token += "~1"
    default: token.unicodeScalars.append(character)
    }
  }
  return token
}
