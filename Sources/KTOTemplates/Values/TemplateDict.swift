/// Python's dict: keys of any hashable kind, in the order they came.
struct TemplateDict {
  private(set) var keys: [TemplateValue] = []
  private(set) var values: [TemplateValue] = []
  private var places: [Key: Int] = [:]

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

    static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
  }

  init() {}

  var count: Int { keys.count }

  var pairs: [TemplateValue] { zip(keys, values).map { .tuple([$0, $1]) } }

  subscript(key: String) -> TemplateValue? { self[Key.string(ByteString(text: key))] }

  subscript(key: Key) -> TemplateValue? { places[key].map { values[$0] } }

  /// Sets a key's value; false where the key cannot be one.
  @discardableResult
  mutating func set(_ key: TemplateValue, _ value: TemplateValue) -> Bool {
    guard let hashed = Key(key) else { return false }
    if let place = places[hashed] {
      values[place] = value
    } else {
      places[hashed] = keys.count
      keys.append(key)
      values.append(value)
    }
    return true
  }

  mutating func set(_ key: String, _ value: TemplateValue) { set(.string(key), value) }
}
