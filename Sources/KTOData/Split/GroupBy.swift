internal import KTOCore

/// What keeps examples on one side of a split.
package enum GroupBy: Sendable, Equatable {
  /// Prompts that are alike, a conversation and those that continue it, or the same group as the source gave it.
  case prompt
  /// The group alone.
  case group
  /// Nothing: each row goes where it will.
  case none
  /// What `prompt` keeps together, and rows whose records have the same value in a field.
  case field(RecordField)

  /// Reads `prompt`, `group`, `none`, a field's name or the JSON pointer of one.
  /// - Returns: nil for an empty text and a pointer that is none.
  package init?(_ text: String) {
    switch text {
    case "prompt": self = .prompt
    case "group": self = .group
    case "none": self = .none
    default:
      guard let field = RecordField(text) else { return nil }
      self = .field(field)
    }
  }

  /// Whether rows of one prompt stay together.
  package var keepsPrompts: Bool { self != .none && self != .group }

  package var field: RecordField? { if case .field(let field) = self { field } else { nil } }
}

extension GroupBy: CustomStringConvertible {
  package var description: String {
    switch self {
    case .prompt: "prompt"
    case .group: "group"
    case .none: "none"
    case .field(let field): field.text
    }
  }
}

/// A field of a record that no format reads: by its name, or by its JSON pointer (RFC 6901) within the record.
package struct RecordField: Sendable, Equatable {
  /// As the user wrote it.
  package let text: String
  private let steps: [String]

  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 256, !text.utf8.contains(where: { $0 < 0x20 }) else { return nil }
    self.text = text
    guard text.hasPrefix("/") else {
      steps = [text]
      return
    }
    steps = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  /// The field's value as text, the same for `7` and `"7"`; nil where it is absent, null or an empty text.
  func value(in metadata: JSONValue?) -> String? {
    guard let metadata else { return nil }
    var node = JSONNode(metadata)
    for step in steps {
      if let items = node.array {
        guard let index = Int(step), items.indices.contains(index) else { return nil }
        node = items[index]
      } else {
        guard let member = node[step] else { return nil }
        node = member
      }
    }
    let text = node.string ?? (node.isNull ? "" : node.value.jsonText)
    return text.isEmpty ? nil : text
  }

  /// The group of the rows that have the value: the field and the value, or the value's key where that is long.
  func group(of value: String) -> String {
    let name = "\(text)=\(value)"
    if name.utf8.count <= 256 { return name }
    let prefix = text.utf8.count < 200 ? text : String(text.prefix(50))
    return "\(prefix)=#\(String(contentKey(value.utf8), radix: 16))"
  }
}

/// Which rows have a field that a split reads, and which fields there are instead.
package struct FieldCensus: Sendable, Equatable {
  package let field: RecordField
  package private(set) var present = 0
  package private(set) var absent = 0
  /// Names of the fields that records have; at most 64.
  private var names: Set<String> = []

  package init(_ field: RecordField) { self.field = field }

  /// The group that an example's field puts it in; nil where it has no such field.
  package mutating func group(of example: Example) -> String? {
    value(of: example).map { field.group(of: $0) }
  }

  /// The field's value as text; nil where the example has no such field.
  mutating func value(of example: Example) -> String? {
    if names.count < 64, case .object(let object)? = example.metadata {
      for member in object.members where names.count < 64 { names.insert(member.key) }
    }
    guard let value = field.value(in: example.metadata) else {
      absent += 1
      return nil
    }
    present += 1
    return value
  }

  /// - Throws: `SplitError.noSuchField` where no row has the field.
  package func check() throws(SplitError) {
    guard present == 0, absent > 0 else { return }
    throw .noSuchField(field.text, known: names.sorted())
  }

  /// That some rows lack the field; nil where all have it.
  /// - Parameter hint: what becomes of them.
  func finding(hint: String) -> Diagnostic? {
    guard absent > 0, present > 0 else { return nil }
    return Diagnostic(
      .fieldMissing,
      message: "\(counted(absent, "example")) of \(absent + present) have no \(excerpt(field.text))",
      hint: hint)
  }
}
