internal import KTOCore

/// Thumbs in the notations of feedback widgets and chat programs, counted.
struct Thumb {
  /// Why what is there cannot be counted.
  enum Fault: Error, Equatable {
    /// A count that is none, as the file has it.
    case count(of: String, JSONValue)
    /// Counts that are too large together.
    case overflow
    /// An object whose own thumb says the opposite of its counts.
    case contradiction
  }

  private(set) var up = 0
  private(set) var down = 0

  /// - Returns: nil where no thumb is in the value.
  /// - Throws: `Fault`.
  init?(_ value: JSONValue) throws(Fault) {
    try add(value)
    if up == 0, down == 0 { return nil }
  }

  /// What most thumbs say; nil where as many are up as down.
  var isUp: Bool? { up == down ? nil : up > down }

  private init() {}

  /// A bool, 1 or −1, a word or an emoji, an object that holds one of them, counts by name (`{"+1": 2, "-1": 0}`), or a
  /// list of any of these, of which each may have a count: reactions to a message.
  private mutating func add(_ value: JSONValue, times count: Int = 1) throws(Fault) {
    switch value {
    case .bool(let isUp): try add(isUp, count)
    case .integer(1), .double(1): try add(true, count)
    case .integer(-1), .double(-1): try add(false, count)
    case .string(let word): if let isUp = WordTable.thumbs[word] { try add(isUp, count) }
    case .array(let items): for item in items { try add(item.value) }
    case .object(let object): try add(object)
    default: break
    }
  }

  private mutating func add(_ object: JSONObject) throws(Fault) {
    var counts = Thumb()
    for member in object.members {
      guard let isUp = WordTable.thumbs[member.key] else { continue }
      try counts.add(isUp, Self.count(member.node.value, of: member.key))
    }
    var own = Thumb()
    if let inner = Self.names.lazy.compactMap({ object[$0] }).first(where: { !$0.isNull }) {
      // An emoji may be an object with a name of its own.
      let thumb = (inner["name"] ?? inner["emoji"] ?? inner).value
      try own.add(thumb)
      // The count of another reaction is nobody's concern.
      if own.up > 0 || own.down > 0, let count = object["count"] {
        own = Thumb()
        try own.add(thumb, times: Self.count(count.value, of: "count"))
      }
    }
    if let isUp = own.isUp, let other = counts.isUp, isUp != other { throw .contradiction }
    try add(true, own.up)
    try add(false, own.down)
    try add(true, counts.up)
    try add(false, counts.down)
  }

  private mutating func add(_ isUp: Bool, _ count: Int) throws(Fault) {
    let sum = (isUp ? up : down).addingReportingOverflow(count)
    guard !sum.overflow else { throw .overflow }
    if isUp { up = sum.partialValue } else { down = sum.partialValue }
  }

  /// A whole number that is not negative, also as a float or in a text; null is none.
  private static func count(_ value: JSONValue, of name: String) throws(Fault) -> Int {
    let count: Int? =
      switch value.typed {
      case .null: 0
      case .integer(let number): number
      case .double(let number): Int(exactly: number)
      default: nil
      }
    guard let count, count >= 0 else { throw .count(of: name, value) }
    return count
  }

  /// What an object calls its thumb.
  private static let names = [
    "rating", "thumb", "thumbs", "vote", "reaction", "emoji", "name", "content", "feedback", "value", "type",
  ]
}

extension Thumb.Fault {
  /// What a rule says of it.
  var verdict: LabelVerdict {
    switch self {
    case .count(let name, let value):
      .refused(
        message:
          "the count of \"\(excerpt(name))\" is \(excerpt(value.jsonText)), not a whole number from 0 on",
        hint: "write how many there are, or null where nobody voted")
    case .overflow:
      .refused(message: "the counts of thumbs are too large to add", hint: "write how many there are")
    case .contradiction:
      .contradictory(message: "the thumb says the opposite of the counts beside it")
    }
  }
}
