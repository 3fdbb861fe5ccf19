internal import Glibc
internal import KTOCore

/// What examples are compared by when duplicates are looked for.
package enum ComparedPart: String, Sendable, CaseIterable {
  /// Prompt and completion, each against its like.
  case row
  /// The prompt alone: one example of each is left.
  case prompt
  /// The completion alone.
  case completion
}

/// How alike two examples must be to count as duplicates; each includes those before it.
package enum DuplicateKind: String, Sendable, CaseIterable, Comparable {
  /// The same roles and texts, byte for byte.
  case exact
  /// The same but for white space, the case of letters and how characters are written.
  case normalized
  /// At least as many common shingles as the threshold asks for.
  case near

  package static func < (a: Self, b: Self) -> Bool {
    let order: [Self] = [.exact, .normalized, .near]
    return (order.firstIndex(of: a) ?? 0) < (order.firstIndex(of: b) ?? 0)
  }
}

/// What shingles are made of.
package enum ShingleUnit: String, Sendable, CaseIterable {
  case word
  case character = "char"
}

/// How duplicates are looked for.
package struct DedupOptions: Sendable, Equatable {
  package var of: ComparedPart = .row
  package var level: DuplicateKind = .near
  /// The least Jaccard index of two sets of shingles that counts, over 0 to 1.
  package var threshold = 0.8
  package var unit: ShingleUnit = .word
  /// Words or characters of a shingle.
  package var shingleSize = 3
  package var bands = 20
  /// Values of a signature in a band.
  package var rowsPerBand = 6
  package var seed: UInt64 = 42
  /// Threads; the result does not depend on it.
  package var jobs = 1

  package init() {}

  /// Values of a signature.
  package var permutations: Int { bands * rowsPerBand }

  /// The probability that two examples whose sets have this Jaccard index are compared at all.
  ///
  /// Two rows meet in a band where all of its values agree. Source: Leskovec, Rajaraman, Ullman, Mining of Massive
  /// Datasets, chapter 3.
  package func recall(at jaccard: Double) -> Double {
    1 - pow(1 - pow(jaccard, Double(rowsPerBand)), Double(bands))
  }

  /// The curve and what it means for the threshold, for people.
  package var explanation: String {
    var lines = [
      "shingles of \(counted(shingleSize, unit == .word ? "word" : "character")); "
        + "\(permutations) permutations: \(bands) bands of \(rowsPerBand); threshold \(threshold)",
      "similarity   chance of being compared",
    ]
    let steps = stride(from: 10, through: 95, by: 10).map { Double($0) / 100 } + [0.95]
    for jaccard in (steps + [threshold]).sorted() where jaccard != lastShown(lines) {
      let share = recall(at: jaccard)
      let bar = String(repeating: "#", count: Int((share * 40).rounded()))
      let number = decimal(100 * share, digits: share > 0.9995 || share < 0.001 ? 4 : 1) + "%"
      lines.append(
        "      \(decimal(jaccard, digits: 2))   \(String(repeating: " ", count: max(0, 9 - number.count)))\(number)"
          + "  \(bar)\(jaccard == threshold ? "  <- threshold" : "")")
    }
    lines.append(
      "expected recall at the threshold: \(decimal(100 * recall(at: threshold), digits: 2))%; "
        + "what is compared is verified, so no pair below it is joined")
    return lines.joined(separator: "\n")
  }

  private func lastShown(_ lines: [String]) -> Double? {
    lines.last.flatMap { Double($0.split(separator: " ").first ?? "") }
  }
}
