internal import KTOCore

/// What is spread evenly over the parts of a split, beside the labels, which always are.
package enum StratifyBy: Sendable, Equatable {
  /// The completion's length, in quarters of the rows.
  case length
  /// The file a row was read from.
  case file
  /// The value of a field that no format reads.
  case field(RecordField)

  /// Reads `length`, `file`, a field's name or the JSON pointer of one.
  /// - Returns: nil for an empty text and a pointer that is none.
  package init?(_ text: String) {
    switch text {
    case "length": self = .length
    case "file": self = .file
    default:
      guard let field = RecordField(text) else { return nil }
      self = .field(field)
    }
  }

  package var field: RecordField? { if case .field(let field) = self { field } else { nil } }
}

extension StratifyBy: CustomStringConvertible {
  package var description: String {
    switch self {
    case .length: "length"
    case .file: "file"
    case .field(let field): field.text
    }
  }
}

/// Numbers the values that rows have of one stratification.
struct StratumRecorder: Sendable, Equatable {
  /// More values than this share one number: so many cannot be spread evenly.
  static let valueLimit = 1000

  let by: StratifyBy
  private(set) var census: FieldCensus?
  private(set) var names: [String] = []
  private var numbers: [String: UInt32] = [:]

  init(_ by: StratifyBy) {
    self.by = by
    census = by.field.map { FieldCensus($0) }
  }

  /// The number of the example's value; for lengths the length itself, in bytes.
  mutating func stratum(of example: Example) -> UInt32 {
    switch by {
    case .length:
      return UInt32(clamping: example.completion.reduce(0) { $0 + $1.content.utf8.count })
    case .file: return number(of: example.source.file)
    case .field: return number(of: census?.value(of: example) ?? "(none)")
    }
  }

  private mutating func number(of name: String) -> UInt32 {
    if let number = numbers[name] { return number }
    guard names.count < Self.valueLimit else { return UInt32(Self.valueLimit) }
    let number = UInt32(names.count)
    names.append(names.count == Self.valueLimit - 1 ? "(others)" : name)
    numbers[name] = number
    return number
  }
}
