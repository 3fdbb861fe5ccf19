internal import KTOCore

/// Thumbs in the notations of feedback widgets and chat programs, counted.
struct Thumb {
  private(set) var up = 0
  private(set) var down = 0

  /// - Returns: nil where no thumb is in the value.
  init?(_ value: JSONValue) {
    add(value)
    if up == 0, down == 0 { return nil }
  }

  /// A bool, 1 or −1, a word or an emoji, an object that holds one of them, counts by name (`{"+1": 2, "-1": 0}`), or a
  /// list of any of these, of which each may have a count: reactions to a message.
  private mutating func add(_ value: JSONValue, times count: Int = 1) {
    switch value {
    case .bool(let isUp): add(isUp, count)
    case .integer(1), .double(1): add(true, count)
    case .integer(-1), .double(-1): add(false, count)
    case .string(let word): if let isUp = WordTable.thumbs[word] { add(isUp, count) }
    case .array(let items): for item in items { add(item.value) }
    case .object(let object): add(object)
    default: break
    }
  }

  private mutating func add(_ object: JSONObject) {
    if let inner = Self.names.lazy.compactMap({ object[$0] }).first(where: { !$0.isNull }) {
      // An emoji may be an object with a name of its own.
      let thumb = inner["name"] ?? inner["emoji"] ?? inner
      return add(thumb.value, times: object["count"]?.int.map { max(0, $0) } ?? 1)
    }
    for member in object.members {
      guard let isUp = WordTable.thumbs[member.key], let count = member.node.int, count > 0 else { continue }
      add(isUp, count)
    }
  }

  private mutating func add(_ isUp: Bool, _ count: Int) {
    if isUp {
      up = up.addingReportingOverflow(count).partialValue
    } else {
      down = down.addingReportingOverflow(count).partialValue
    }
  }

  /// What an object calls its thumb.
  private static let names = [
    "rating", "thumb", "thumbs", "vote", "reaction", "emoji", "name", "content", "feedback", "value", "type",
  ]
}
