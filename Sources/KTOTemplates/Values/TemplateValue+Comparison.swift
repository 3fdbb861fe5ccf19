extension TemplateValue {
  /// Python's truth of a value.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let flag): flag
    case .integer(let number): number != 0
    case .double(let number): number != 0
    case .string(let text), .markup(let text): !text.isEmpty
    case .list(let items), .tuple(let items), .view(_, let items): !items.isEmpty
    case .dict(let dict): dict.count > 0
    case .range(let range): range.count > 0
    case .iterator, .namespace, .function: true
    case .loop(let loop): !loop.items.isEmpty
    }
  }

  /// The value as a number: integers, floats and, as in Python, booleans.
  var number: TemplateNumber? {
    switch self {
    case .bool(let flag): .integer(flag ? 1 : 0)
    case .integer(let number): .integer(number)
    case .double(let number): .double(number)
    default: nil
    }
  }
}

extension TemplateRenderer {
  /// Python's `==`. Counts what it looks at as work, since values may share parts many times over.
  func isEqual(_ left: TemplateValue, _ right: TemplateValue) throws -> Bool {
    try work()
    if let a = left.number, let b = right.number { return a.isEqual(b) }
    if let a = left.string, let b = right.string {
      try work(min(a.utf8.count, b.utf8.count) / 64)
      return a.hasSameBytes(as: b)
    }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      guard a.count == b.count else { return false }
      try enter()
      defer { depth -= 1 }
      for (x, y) in zip(a, b) where !(try isEqual(x, y)) { return false }
      return true
    case (.dict(let a), .dict(let b)):
      guard a.count == b.count else { return false }
      try enter()
      defer { depth -= 1 }
      for (key, value) in zip(a.keys, a.values) {
        guard let hashed = try self.key(key), let other = b[hashed], try isEqual(value, other) else {
          return false
        }
      }
      return true
    case (.range(let a), .range(let b)):
      return a.count == b.count && (a.count == 0 || a.start == b.start && (a.count == 1 || a.step == b.step))
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.iterator(let a), .iterator(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    default: return false
    }
  }

  /// Python's `<`; `symbol` is for the message.
  func precedes(_ left: TemplateValue, _ right: TemplateValue, _ symbol: String = "<") throws -> Bool {
    try work()
    if let a = left.number, let b = right.number { return a.precedes(b) }
    if let a = left.string, let b = right.string {
      try work(min(a.utf8.count, b.utf8.count) / 64)
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    switch (left, right) {
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      try enter()
      defer { depth -= 1 }
      for (x, y) in zip(a, b) where !(try isEqual(x, y)) { return try precedes(x, y, symbol) }
      return a.count < b.count
    case (.undefined(let missing), _), (_, .undefined(let missing)):
      throw TemplateFault(.undefined(missing.hint))
    default:
      throw TemplateFault.type(
        "'\(symbol)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
    }
  }
}

internal import KTOCore

/// An int or a float.
enum TemplateNumber {
  case integer(Int)
  case double(Double)

  var double: Double {
    switch self {
    case .integer(let number): Double(number)
    case .double(let number): number
    }
  }

  func isEqual(_ other: TemplateNumber) -> Bool {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): a == b
    case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)): Int(exactly: b) == a
    case (.double(let a), .double(let b)): a == b
    }
  }

  func precedes(_ other: TemplateNumber) -> Bool {
    if case .integer(let a) = self, case .integer(let b) = other { return a < b }
    return double < other.double
  }
}
