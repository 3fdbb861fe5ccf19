/// Takes away a byte order mark, which some readers take for a part of the first key.
package struct ByteOrderMarkRepair: Repair {
  package static let name = "bom"
  package static let summary = "a byte order mark at the start of a file is taken away"

  package init() {}

  package func repair(_ gap: RepairedGap) -> [RepairEdit] {
    gap.isAtStart && gap.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? [RepairEdit(0..<3)] : []
  }
}
