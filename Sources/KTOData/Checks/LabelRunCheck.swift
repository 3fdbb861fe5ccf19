internal import Glibc
package import KTOCore

/// W09: one label many times in a row, far more than chance gives: the file is sorted by label.
package struct LabelRunCheck: Check {
  package static let codes = [
    Code(
      "W09", .warning, "one label comes many times in a row",
      why: """
        A file that is sorted by label shows training one class for a long time, and a batch of one class has no \
        contrast.
        """,
      example: "5,000 desirable examples, then 5,000 undesirable ones, with data.order: input",
      remedy: "Leave data.order at shuffled, or shuffle the file.")
  ]
  package static let takesOnlySound = true

  private var counts = ClassCounts()
  private var current: (label: Bool, count: Int)?
  private var longest: (label: Bool, count: Int) = (true, 0)

  package init(_ context: CheckContext) {}

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    let label = row.label
    counts.add(label)
    let count = current.map { $0.label == label ? $0.count + 1 : 1 } ?? 1
    current = (label, count)
    if count > longest.count { longest = (label, count) }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    let total = counts.total
    guard counts.desirable > 0, counts.undesirable > 0 else { return }
    let share = Double(longest.label ? counts.desirable : counts.undesirable) / Double(total)
    // The longest run that chance gives grows with the logarithm of the count.
    let expected = log(Double(total)) / -log(share)
    guard longest.count >= 16, Double(longest.count) > 2 * expected else { return }
    findings.find(
      Self.codes[0],
      "\(longest.count) \(longest.label ? "desirable" : "undesirable") examples stand in a row; by chance "
        + "it would be about \(Int(expected.rounded()))",
      hint: "leave data.order at shuffled, or training sees one class for a long time")
  }
}
