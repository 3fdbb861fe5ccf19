internal import KTOCore

/// Python's dict: keys of any hashable kind, in the order they came.
struct TemplateDict {
  private(set) var keys: [TemplateValue] = []
  private(set) var values: [TemplateValue] = []
  private var hashedKeys: [Key] = []
  /// Where each key stands; empty as long as looking through the few keys is quicker.
  private var places: [Key: Int] = [:]
  private static let fewKeys = 8

  /// What makes keys the same: numbers by value whatever their type, strings by their bytes.
  enum Key: Hashable {
    case none
    case integer(Int)
    case double(Double)
    case string(ByteString)
    case tuple([Key])

    init?(_ value: TemplateValue) {
      switch value {
      case .none: self = .none
      case .bool(let flag): self = .integer(flag ? 1 : 0)
      case .integer(let number): self = .integer(number)
      case .double(let number): self = Int(exactly: number).map(Key.integer) ?? .double(number)
      case .string(let text), .markup(let text): self = .string(ByteString(text: text))
      case .tuple(let items):
        // Tuples in tuples would let a small value take for ever to hash.
        var keys: [Key] = []
        for item in items {
          if case .tuple = item { return nil }
          guard let key = Key(item) else { return nil }
          keys.append(key)
        }
        self = .tuple(keys)
      default: return nil
      }
    }
  }

  /// A string that equals only what has the same bytes.
  struct ByteString: Hashable {
    var text: String

    static func == (a: Self, b: Self) -> Bool { a.text.hasSameBytes(as: b.text) }

    func hash(into hasher: inout Hasher) {
      unsafe text.utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
      hasher.combine(UInt8(0xFF))
    }
  }

  init() {}

  var count: Int { keys.count }

  var pairs: [TemplateValue] { zip(keys, values).map { .tuple([$0, $1]) } }

  subscript(key: String) -> TemplateValue? { self[Key.string(ByteString(text: key))] }

  subscript(key: Key) -> TemplateValue? { place(of: key).map { values[$0] } }

  private func place(of key: Key) -> Int? { places.isEmpty ? hashedKeys.firstIndex(of: key) : places[key] }

  /// Sets a key's value; false where the key cannot be one.
  @discardableResult
  mutating func set(_ key: TemplateValue, _ value: TemplateValue) -> Bool {
    guard let hashed = Key(key) else { return false }
    if let place = place(of: hashed) {
      values[place] = value
      return true
    }
    keys.append(key)
    hashedKeys.append(hashed)
    values.append(value)
    if keys.count > Self.fewKeys {
      let new = places.isEmpty ? 0 : keys.count - 1
      for index in new..<keys.count { places[hashedKeys[index]] = index }
    }
    return true
  }

  mutating func set(_ key: String, _ value: TemplateValue) { set(.string(key), value) }
}
