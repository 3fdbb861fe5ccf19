/// Makes the line ends of Windows those of Unix: between records, and between the values of a record in JSON. Line ends
/// within texts, which JSON writes as \r\n and a table within quotation marks, stay as they are.
package struct LineEndRepair: Repair {
  package static let name = "line-ends"
  package static let summary = "line ends of two bytes (CR LF) between records and values become LF"

  package init() {}

  package func repair(_ gap: RepairedGap) -> [RepairEdit] { edits(in: gap.bytes) }

  package func repair(_ record: RepairedRecord) -> [RepairEdit] {
    // JSON has no line end within a text, so that those in a record are between its values.
    record.kind == .json && record.node != nil ? edits(in: record.bytes) : []
  }

  private func edits(in bytes: ArraySlice<UInt8>) -> [RepairEdit] {
    guard bytes.contains(0x0D) else { return [] }
    return bytes.indices.dropLast().filter { bytes[$0] == 0x0D && bytes[$0 + 1] == 0x0A }
      .map { RepairEdit(($0 - bytes.startIndex)..<($0 - bytes.startIndex + 1)) }
  }
}
