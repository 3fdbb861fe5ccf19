internal import KTOCore

/// E07: the same prompt and completion under both labels. W10: the same example again.
struct RepetitionRule: ValidationRule {
  private struct First {
    /// How many examples came before it.
    var number: UInt32
    var label: Bool
  }

  private var seen: [ContentKey: First] = [:]
  private var count: UInt32 = 0

  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    count &+= 1
    guard let label = example.label else { return }
    var bytes = canonicalBytes(example.prompt)
    bytes.append(0xFF)
    bytes += canonicalBytes(example.completion)
    let key = ContentKey(bytes)
    guard let first = seen[key] else {
      seen[key] = First(number: count, label: label)
      return
    }
    if first.label != label {
      findings.error(
        "E07",
        "the same prompt and completion stand under both labels; example \(first.number) says "
          + (first.label ? "desirable" : "undesirable"), hint: "keep the label that is right")
    } else {
      findings.warn("W10", "the same prompt and completion as in example \(first.number)")
    }
  }
}
