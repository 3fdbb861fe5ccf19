internal import Glibc
package import KTOCore

/// W02: the length of an answer gives its label away, so that the model may learn length instead of quality.
///
/// Holds a histogram of log-length a class: 16 bins an octave, so the AUC is exact up to lengths that differ
/// by less than 4.5%.
package struct LengthShortcutCheck: Check {
  package static let codes = [
    Code(
      "W02", .warning, "the length of an answer gives its label away",
      why: """
        A model can win by length alone: it then learns to write longer or shorter answers instead of better ones.
        """,
      example: "desirable answers of about 400 words, undesirable ones of about 40",
      remedy: "Even out the lengths of the two classes, by choosing examples or by collecting others.")
  ]
  package static let takesOnlySound = true

  private struct Class {
    var count = 0
    var mean = 0.0
    var squares = 0.0
    var bins = [Int](repeating: 0, count: 512)

    /// Welford's update.
    mutating func add(_ value: Double) {
      count += 1
      let difference = value - mean
      mean += difference / Double(count)
      squares += difference * (value - mean)
      bins[min(bins.count - 1, max(0, Int(value * 16)))] += 1
    }
  }

  private var desirable = Class()
  private var undesirable = Class()

  private let limits: CheckConfiguration

  package init(_ context: CheckContext) { limits = context.limits }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    let byteCount = row.example.completion.reduce(0) { $0 + $1.content.utf8.count }
    let value = log2(Double(byteCount) + 1)
    if row.label { desirable.add(value) } else { undesirable.add(value) }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    guard desirable.count >= 10, undesirable.count >= 10 else { return }
    let freedom = Double(desirable.count + undesirable.count - 2)
    let deviation = ((desirable.squares + undesirable.squares) / freedom).squareRoot()
    let cohen = deviation > 0 ? (desirable.mean - undesirable.mean) / deviation : 0
    let auc = areaUnderCurve()
    // A difference of a few percent is none to learn from, however regular it is.
    guard (desirable.mean - undesirable.mean).magnitude >= log2(1.25) else { return }
    guard cohen.magnitude >= limits.lengthEffect || max(auc, 1 - auc) >= limits.lengthAUC else { return }
    let longer = desirable.mean > undesirable.mean ? "desirable" : "undesirable"
    findings.find(
      Self.codes[0],
      "\(longer) answers are markedly longer: Cohen's d of log length \(decimal(cohen, digits: 2)), "
        + "AUC \(decimal(auc, digits: 2)), typical bytes \(typical(desirable)) desirable, "
        + "\(typical(undesirable)) undesirable",
      hint: "a model can win by length alone: even out the lengths of the two classes")
  }

  private func typical(_ side: Class) -> Int { Int(exp2(side.mean) - 0.5) }

  /// The chance that a desirable answer is longer than an undesirable one; ties count half.
  private func areaUnderCurve() -> Double {
    var below = 0.0
    var wins = 0.0
    for (good, bad) in zip(desirable.bins, undesirable.bins) {
      wins += Double(good) * (below + Double(bad) / 2)
      below += Double(bad)
    }
    return wins / (Double(desirable.count) * Double(undesirable.count))
  }
}
