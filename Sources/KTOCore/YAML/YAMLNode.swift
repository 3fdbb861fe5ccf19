/// A YAML value that remembers where it began.
package struct YAMLNode: Sendable, Equatable {
  package indirect enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case double(Double)
    case string(String)
    case sequence([YAMLNode])
    /// Members in file order; keys are unique by their bytes.
    case mapping([Member])
  }

  /// One `key: value` of a mapping.
  package struct Member: Sendable, Equatable {
    package var key: String
    package var keyLocation: SourceLocation
    package var node: YAMLNode

    package init(key: String, keyLocation: SourceLocation, node: YAMLNode) {
      self.key = key
      self.keyLocation = keyLocation
      self.node = node
    }
  }

  package var value: Value
  package var location: SourceLocation

  package init(_ value: Value, at location: SourceLocation) {
    self.value = value
    self.location = location
  }
}

extension YAMLNode {
  package var members: [Member]? { if case .mapping(let members) = value { members } else { nil } }
  package var items: [YAMLNode]? { if case .sequence(let items) = value { items } else { nil } }

  /// The member of that name, compared by bytes; linear in the number of members.
  package subscript(key: String) -> YAMLNode? {
    members?.first { $0.key.hasSameBytes(as: key) }?.node
  }

  /// The value in words, for messages: `the string "yes"`, `3`, `a mapping`.
  package var summary: String {
    switch value {
    case .null: "nothing"
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): "the string \"\(excerpt(text))\""
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// Why a text is not a YAML document that is accepted here, and where.
package struct YAMLError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// What libyaml says about it.
    case syntax(String)
    case invalidUTF8
    case duplicateKey(String)
    /// A mapping's key that is itself a list or a mapping.
    case compositeKey
    /// `&name`, `*name`: a few bytes of them can stand for gigabytes.
    case anchor
    case tag(String)
    case tooDeep(limit: Int)
    case tooLarge(limit: Int)
    case severalDocuments
    case numberOutOfRange(String)
  }

  package var reason: Reason
  package var location: SourceLocation
}

extension YAMLError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let problem): problem
    case .invalidUTF8: "these bytes are not UTF-8"
    case .duplicateKey(let key): "the key '\(excerpt(key))' is given twice"
    case .compositeKey: "a key must be plain text"
    case .anchor: "anchors and aliases (&name, *name) are not accepted"
    case .tag(let tag): "tags (\(excerpt(tag))) are not accepted"
    case .tooDeep(let limit): "nested more than \(limit) deep"
    case .tooLarge(let limit): "longer than \(limit) bytes"
    case .severalDocuments: "a second document begins here; one is accepted"
    case .numberOutOfRange(let text): "the number \(excerpt(text)) does not fit 64 bits"
    }
  }
}

extension YAMLError: CustomStringConvertible {
  package var description: String { "\(location): \(reason)" }
}
