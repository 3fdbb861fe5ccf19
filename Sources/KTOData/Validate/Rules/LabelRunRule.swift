internal import Glibc
internal import KTOCore

/// W09: one label many times in a row, far more than chance gives: the file is sorted by label.
struct LabelRunRule: ValidationRule {
  static let takesOnlySound = true

  private var balance = ClassBalance()
  private var current: (label: Bool, count: Int)?
  private var longest: (label: Bool, count: Int) = (true, 0)

  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    guard let label = example.label else { return }
    balance.add(label)
    let count = current.map { $0.label == label ? $0.count + 1 : 1 } ?? 1
    current = (label, count)
    if count > longest.count { longest = (label, count) }
  }

  mutating func finish(_ findings: inout RuleFindings) {
    let total = balance.desirable + balance.undesirable
    guard balance.desirable > 0, balance.undesirable > 0 else { return }
    let share = Double(longest.label ? balance.desirable : balance.undesirable) / Double(total)
    // The longest run that chance gives grows with the logarithm of the count.
    let expected = log(Double(total)) / -log(share)
    guard longest.count >= 16, Double(longest.count) > 2 * expected else { return }
    findings.warn(
      "W09",
      "\(longest.count) \(longest.label ? "desirable" : "undesirable") examples stand in a row; by chance "
        + "it would be about \(Int(expected.rounded()))",
      hint: "leave data.order at shuffled, or training sees one class for a long time")
  }
}
