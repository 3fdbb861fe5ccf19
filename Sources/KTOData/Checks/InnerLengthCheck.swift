package import KTOCore

/// W24: of the answers to one prompt the longer one nearly always has the same label.
///
/// W02 compares all answers; this looks within prompts that have answers of both labels, where the difference between
/// prompts cannot hide it. Holds at most 65,536 prompts, those with the smallest keys, so memory does not grow with the
/// input.
package struct InnerLengthCheck: Check {
  package static let codes = [
    Code(
      "W24", .warning, "of two answers to one prompt the longer one nearly always has the same label",
      why: """
        Comparing the answers to one question is what preferences are about: where the longer one wins every time, the model \
        learns to write more, or less, whatever is asked.
        """,
      example: "in 95 of 100 pairs the chosen answer is the longer one",
      remedy:
        "Add pairs in which the shorter answer is the better one, or leave out some of those that differ in length most."
    )
  ]
  package static let takesOnlySound = true

  private static let promptLimit = 1 << 16
  private static let fewestPrompts = 30
  /// Standard deviations from one half that chance reaches in one set of 10,000.
  private static let smallestZ = 3.9

  private struct Lengths {
    var desirable = (count: 0, sum: 0)
    var undesirable = (count: 0, sum: 0)
  }

  private var prompts: [UInt64: Lengths] = [:]
  /// Prompts with a larger key are not held.
  private var largestKey = UInt64.max
  private let limit: Double

  package init(_ context: CheckContext) { limit = context.limits.innerLengthShare }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    let key = mixed(row.fingerprint.likeness.prompt, seed: 0x1E46)
    guard key <= largestKey else { return }
    let length = row.example.completion.reduce(0) { $0 + $1.content.utf8.count }
    if row.label {
      prompts[key, default: Lengths()].desirable.count += 1
      prompts[key, default: Lengths()].desirable.sum += length
    } else {
      prompts[key, default: Lengths()].undesirable.count += 1
      prompts[key, default: Lengths()].undesirable.sum += length
    }
    guard prompts.count > Self.promptLimit else { return }
    largestKey /= 2
    prompts = prompts.filter { $0.key <= largestKey }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    var (longer, shorter) = (0, 0)
    for lengths in prompts.values where lengths.desirable.count > 0 && lengths.undesirable.count > 0 {
      // Means compared without a division: a / b against c / d.
      let desirable = lengths.desirable.sum * lengths.undesirable.count
      let undesirable = lengths.undesirable.sum * lengths.desirable.count
      if desirable > undesirable { longer += 1 } else if desirable < undesirable { shorter += 1 }
    }
    prompts = [:]
    let total = longer + shorter
    guard total >= Self.fewestPrompts else { return }
    let most = max(longer, shorter)
    let z = (Double(most) - Double(total) / 2) / (Double(total).squareRoot() / 2)
    guard Double(most) / Double(total) >= limit, z >= Self.smallestZ else { return }
    findings.find(
      Self.codes[0],
      "of the answers to one prompt the \(longer > shorter ? "desirable" : "undesirable") ones are longer in \(most) of "
        + "\(total) prompts with both labels (\(percent(most, of: total)))",
      hint: "a model can win by length alone: add prompts where it is the other way round")
  }
}
