internal import KTOCore

/// Takes away records whose bytes are those of an earlier one of the same file. 16 bytes a record are kept.
package struct DuplicateRepair: Repair {
  package static let name = "duplicates"
  package static let summary = "a record with the very bytes of an earlier one of its file is taken away"

  private var seen: Set<WideKey> = []

  package init() {}

  package mutating func removes(_ record: RepairedRecord) -> Bool {
    guard record.kind != .other else { return false }
    let bytes = Array(record.bytes)
    return unsafe !seen.insert(WideKey(bytes.span.bytes)).inserted
  }
}
