internal import KTOCore

/// A repair of raw files that changes nothing about what an answer's label is.
///
/// To add one, write its file here and its line in `Repairs.swift`; `fix`, `explain` and documentation read the list.
package protocol Repair: SendableMetatype {
  /// What reports and `--skip` call it.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// What `--mask` takes for it; nil where it is made without being asked for.
  static var mask: String? { get }
  /// Made anew for each file.
  init()
  /// Edits of what lies before, between and behind the records of a file.
  mutating func repair(_ gap: RepairedGap) -> [RepairEdit]
  /// Edits of one record.
  mutating func repair(_ record: RepairedRecord) -> [RepairEdit]
  /// Whether a record goes, with what is between it and the one before.
  mutating func removes(_ record: RepairedRecord) -> Bool
}

extension Repair {
  package static var mask: String? { nil }
  package mutating func repair(_ gap: RepairedGap) -> [RepairEdit] { [] }
  package mutating func repair(_ record: RepairedRecord) -> [RepairEdit] { [] }
  package mutating func removes(_ record: RepairedRecord) -> Bool { false }
}

/// Bytes to put in the place of others, counted from the start of the record or of the gap.
package struct RepairEdit: Sendable, Equatable {
  package var range: Range<Int>
  package var replacement: [UInt8]
  /// Whether what stood there may be shown.
  package var isSecret = false

  package init(_ range: Range<Int>, _ replacement: [UInt8] = [], isSecret: Bool = false) {
    self.range = range
    self.replacement = replacement
    self.isSecret = isSecret
  }
}

/// What lies between two records, or before the first, or behind the last.
package struct RepairedGap {
  var bytes: ArraySlice<UInt8>
  var isAtStart: Bool
}

/// A record as it stands in its file, with what a repair may look at.
package struct RepairedRecord {
  var bytes: ArraySlice<UInt8>
  var kind: Kind
  /// Nil where it cannot be parsed.
  var node: JSONNode?
  /// The texts that train, each with whether it is the whole of a turn.
  var texts: [(node: JSONNode, isWhole: Bool)] = []

  enum Kind { case json, cells, other }

  /// A text of the record, to be changed in its place.
  func literal(_ node: JSONNode) -> TextLiteral? {
    guard let text = node.string else { return nil }
    return switch kind {
    case .json: TextLiteral(json: bytes, at: node.offset, text)
    case .cells: TextLiteral(cell: bytes, at: node.offset, text)
    case .other: nil
    }
  }
}
