internal import KTOCore

/// Which split each row belongs to, which rows are left out, and what the rows weigh.
///
/// The plan depends on the rows' content, the options and the seed, and on the order of the rows only where two
/// rows are the same.
package struct SplitPlan: Sendable {
  package let report: SplitReport
  /// Split number of each row, or `dropped`: a byte a row.
  private let placeOfRow: [UInt8]
  /// Factor of each split's weights by label; nil where weights stay as they are.
  private let factors: [(desirable: Double, undesirable: Double)?]
  private static let dropped: UInt8 = 255

  /// - Throws: `SplitError.empty`, `.badBalance`; `.oneClassOnly` where a balance is asked for.
  /// - Complexity: O(n log n), and 12 bytes a row beside the records.
  package init(_ records: SplitRecords, _ options: SplitOptions) throws(SplitError) {
    guard records.count > 0 else { throw .empty }
    if let balance = options.balance,
      !(1...99).contains(balance.desirable) || balance.desirable + balance.undesirable != 100
    {
      throw .badBalance(balance.description)
    }
    var total = ClassCounts()
    for label in records.labels { total.add(label) }
    if options.balance != nil, total.desirable == 0 || total.undesirable == 0 {
      throw .oneClassOnly(isDesirable: total.undesirable == 0, rows: total.total)
    }
    let (groupOfRow, hashes) = records.groups(by: options.groupBy)
    var groups = [ClassCounts](repeating: ClassCounts(), count: hashes.count)
    for row in 0..<records.count { groups[Int(groupOfRow[row])].add(records.labels[row]) }
    let assignment = GroupAssignment(
      groups: groups, hashes: hashes, fractions: options.ratios.fractions, seed: options.seed)
    var places = groupOfRow.map { assignment.splitOfGroup[Int($0)] }
    var groupCounts = [Int](repeating: 0, count: assignment.counts.count)
    for split in assignment.splitOfGroup { groupCounts[Int(split)] += 1 }

    var parts: [SplitReport.Part] = []
    var factors: [(desirable: Double, undesirable: Double)?] = []
    for (split, counts) in assignment.counts.enumerated() {
      var part = SplitReport.Part(
        name: SplitRatios.names[split], ratio: options.ratios.parts[split], groups: groupCounts[split],
        desirable: counts.desirable, undesirable: counts.undesirable)
      var factor: (desirable: Double, undesirable: Double)?
      if let balance = options.balance, counts.desirable > 0, counts.undesirable > 0 {
        switch options.strategy {
        case .downsample:
          let kept = Self.kept(of: counts, for: balance)
          for label in [true, false] where kept[label] < counts[label] {
            Self.drop(
              counts[label] - kept[label], label: label, of: UInt8(split), records, seed: options.seed,
              &places)
          }
          part.droppedDesirable = counts.desirable - kept.desirable
          part.droppedUndesirable = counts.undesirable - kept.undesirable
          (part.desirable, part.undesirable) = (kept.desirable, kept.undesirable)
        case .weight:
          factor = Self.factors(of: UInt8(split), records, places, balance)
          part.weights = factor
        }
      }
      parts.append(part)
      factors.append(factor)
    }
    placeOfRow = places
    self.factors = factors
    hasWeights = !records.weights.isEmpty || factors.contains { $0 != nil }
    report = SplitReport(options: options, read: total.total, parts: parts)
  }

  package var rowCount: Int { placeOfRow.count }

  /// Whether rows have weights, their own or for the balance, so that shards need a column for them.
  package let hasWeights: Bool

  /// The number of the row's split in `report.parts`; nil for a row that is left out.
  package func split(ofRow row: Int) -> Int? {
    placeOfRow[row] == Self.dropped ? nil : Int(placeOfRow[row])
  }

  /// The weight a row of that label takes on in its split, given the weight it came with.
  package func weight(_ own: Double?, label: Bool, split: Int) -> Double? {
    guard hasWeights else { return own }
    guard let factor = factors[split] else { return own ?? 1 }
    return (own ?? 1) * (label ? factor.desirable : factor.undesirable)
  }

  /// The most rows of each label that have the ratio, to the nearest row: all of one label, and of the other
  /// as many as go with them, at least one.
  private static func kept(of counts: ClassCounts, for balance: LabelBalance) -> ClassCounts {
    let (d, u) = (balance.desirable, balance.undesirable)
    // counts.desirable / counts.undesirable > d / u, in whole numbers: rows number less than 2³².
    if counts.desirable * u > counts.undesirable * d {
      let desirable = max(1, (counts.undesirable * d + u / 2) / u)
      return ClassCounts(desirable: min(desirable, counts.desirable), undesirable: counts.undesirable)
    }
    let undesirable = max(1, (counts.desirable * u + d / 2) / d)
    return ClassCounts(desirable: counts.desirable, undesirable: min(undesirable, counts.undesirable))
  }

  private static func drop(
    _ count: Int, label: Bool, of split: UInt8, _ records: SplitRecords, seed: UInt64, _ places: inout [UInt8]
  ) {
    var candidates: [(key: UInt64, row: UInt32)] = []
    for row in 0..<records.count where places[row] == split && records.labels[row] == label {
      // Another key than the groups' order has, so that which rows go says nothing about where the rest went.
      candidates.append((mixed(records.rowHashes[row], seed: seed ^ 0xD0D0), UInt32(row)))
    }
    candidates.sort { ($0.key, $0.row) < ($1.key, $1.row) }
    for candidate in candidates.prefix(count) { places[Int(candidate.row)] = dropped }
  }

  /// Factors that make the labels' sums of weights the target ratio and keep the sum over all.
  private static func factors(
    of split: UInt8, _ records: SplitRecords, _ places: [UInt8], _ balance: LabelBalance
  ) -> (desirable: Double, undesirable: Double)? {
    var (desirable, undesirable) = (0.0, 0.0)
    for row in 0..<records.count where places[row] == split {
      if records.labels[row] { desirable += records.weight(row) } else { undesirable += records.weight(row) }
    }
    let sum = desirable + undesirable
    let share = Double(balance.desirable) / Double(balance.desirable + balance.undesirable)
    let factors = (
      desirable: share * sum / desirable,
      undesirable: (1 - share) * sum / undesirable
    )
    // Weights of zero, or as large as a double goes, make no ratio.
    return factors.desirable.isFinite && factors.undesirable.isFinite ? factors : nil
  }
}
