internal import KTOCore

/// What a join finds a value by. Numbers come before texts, and texts are ordered by their UTF-8.
package enum JoinKey: Sendable {
  case number(Int64)
  case text(String)
}

extension JoinKey: Hashable {
  /// By bytes: the equality of `String` takes different UTF-8 for the same text.
  package static func == (a: JoinKey, b: JoinKey) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .number(let number): hasher.combine(number)
    case .text(var text): text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}

extension JoinKey: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  package init(integerLiteral value: Int64) { self = .number(value) }
  package init(stringLiteral value: String) { self = .text(value) }
}
