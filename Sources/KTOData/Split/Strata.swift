/// The strata that rows are in: two for the labels, and for each stratification those of its values by label.
///
/// 4 bytes a row and stratification.
struct Strata: Sendable {
  /// Of all rows together.
  let count: Int
  /// How many rows each stratum has.
  let totals: [Int]
  private let labels: [Bool]
  /// The stratum of each row in each stratification.
  private let ofRow: [[UInt32]]

  /// - Parameters:
  ///   - lengths: which of the records' stratifications are lengths, to be cut into quarters.
  init(_ records: SplitRecords, _ stratify: [StratifyBy]) {
    labels = records.labels
    var totals = [0, 0]
    for label in labels { totals[label ? 0 : 1] += 1 }
    var ofRow: [[UInt32]] = []
    for (by, values) in zip(stratify, records.strata) {
      let numbers = by == .length ? Self.quarters(of: values) : values
      let first = UInt32(totals.count)
      let strata = zip(numbers, labels).map { first + 2 * $0 + ($1 ? 0 : 1) }
      totals += [Int](repeating: 0, count: 2 * Int((numbers.max() ?? 0) + 1))
      for stratum in strata { totals[Int(stratum)] += 1 }
      ofRow.append(strata)
    }
    self.ofRow = ofRow
    self.totals = totals
    count = totals.count
  }

  /// The strata of a row, in rising order.
  func forEach(ofRow row: Int, _ body: (Int) -> Void) {
    body(labels[row] ? 0 : 1)
    for strata in ofRow { body(Int(strata[row])) }
  }

  /// 0 to 3: in which quarter of all values each lies; equal values are in one.
  static func quarters(of values: [UInt32]) -> [UInt32] {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return [] }
    let limits = (1...3).map { sorted[min(sorted.count - 1, sorted.count * $0 / 4)] }
    return values.map { value in UInt32(limits.count { value >= $0 }) }
  }
}

/// The strata of each group's rows, with their counts.
struct GroupStrata: Sendable {
  private var starts: [Int] = [0]
  private var entries: [(stratum: UInt32, count: UInt32)] = []

  init(_ strata: Strata, groupOfRow: [UInt32], groupCount: Int) {
    var ends = [Int](repeating: 0, count: groupCount + 1)
    for group in groupOfRow { ends[Int(group) + 1] += 1 }
    for group in 0..<groupCount { ends[group + 1] += ends[group] }
    var next = ends
    var rows = [UInt32](repeating: 0, count: groupOfRow.count)
    for (row, group) in groupOfRow.enumerated() {
      rows[next[Int(group)]] = UInt32(row)
      next[Int(group)] += 1
    }
    var counts = [UInt32](repeating: 0, count: strata.count)
    for group in 0..<groupCount {
      var present: [Int] = []
      for row in rows[ends[group]..<ends[group + 1]] {
        strata.forEach(ofRow: Int(row)) { stratum in
          if counts[stratum] == 0 { present.append(stratum) }
          counts[stratum] += 1
        }
      }
      present.sort()
      for stratum in present {
        entries.append((UInt32(stratum), counts[stratum]))
        counts[stratum] = 0
      }
      starts.append(entries.count)
    }
  }

  subscript(group: Int) -> ArraySlice<(stratum: UInt32, count: UInt32)> {
    entries[starts[group]..<starts[group + 1]]
  }
}
