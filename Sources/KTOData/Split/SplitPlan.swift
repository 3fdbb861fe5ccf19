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

  /// - Parameters:
  ///   - fields: what read the records' fields, for the names of their values.
  ///   - kept: parts that rows are in already, which stay as they are; nil divides the rows by the options' shares.
  /// - Throws: `SplitError.empty`, `.badBalance`; `.oneClassOnly` where a balance is asked for.
  /// - Complexity: O(n log n), and 12 bytes a row beside the records.
  package init(
    _ records: SplitRecords, _ options: SplitOptions, fields: RowFields? = nil, keeping kept: KeptParts? = nil
  ) throws(SplitError) {
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
    let grouping = records.groups(by: options.groupBy)
    var (places, parts, leaks) = ([UInt8](), [SplitReport.Part](), [SplitReport.Leak]())
    if let kept {
      places = kept.partOfRow
      (parts, leaks) = Self.parts(kept, records, grouping.ofRow)
    } else {
      (places, parts) = Self.divided(records, grouping, options)
    }
    if !records.times.isEmpty { Self.noteTimes(&parts, records, places) }
    let strata = StratumReport.reports(
      records, options.stratify, names: fields?.valueNames ?? [], places, partCount: parts.count)

    var factors: [(desirable: Double, undesirable: Double)?] = []
    for split in parts.indices {
      let counts = parts[split].kept
      var factor: (desirable: Double, undesirable: Double)?
      if let balance = options.balance, counts.desirable > 0, counts.undesirable > 0 {
        switch options.strategy {
        case .downsample:
          let kept = balance.kept(of: counts)
          for label in [true, false] where kept[label] < counts[label] {
            Self.drop(
              counts[label] - kept[label], label: label, of: UInt8(split), records, seed: options.seed,
              &places)
          }
          parts[split].droppedDesirable = counts.desirable - kept.desirable
          parts[split].droppedUndesirable = counts.undesirable - kept.undesirable
          (parts[split].desirable, parts[split].undesirable) = (kept.desirable, kept.undesirable)
        case .weight:
          factor = Self.factors(of: UInt8(split), records, places, balance)
          parts[split].weights = factor
        }
      }
      factors.append(factor)
    }
    placeOfRow = places
    self.factors = factors
    hasWeights = !records.weights.isEmpty || factors.contains { $0 != nil }
    report = SplitReport(
      options: options, read: total, parts: parts, strata: strata, keptFrom: kept?.origin, leaks: leaks)
  }

  /// Rows divided by the options' shares, their groups whole.
  private static func divided(
    _ records: SplitRecords, _ grouping: (ofRow: [UInt32], hashes: [UInt64]), _ options: SplitOptions
  ) -> (places: [UInt8], parts: [SplitReport.Part]) {
    var groups = [ClassCounts](repeating: ClassCounts(), count: grouping.hashes.count)
    for row in 0..<records.count { groups[Int(grouping.ofRow[row])].add(records.labels[row]) }
    let splitOfGroup = splits(of: groups, records, grouping, options, options.ratios.fractions)
    var counts = options.ratios.parts.map { _ in ClassCounts() }
    var groupCounts = options.ratios.parts.map { _ in 0 }
    for (group, split) in splitOfGroup.enumerated() {
      counts[Int(split)] += groups[group]
      groupCounts[Int(split)] += 1
    }
    let parts = zip(options.ratios.parts, zip(counts, groupCounts)).map { part, counted in
      SplitReport.Part(
        name: part.name, ratio: part.share, groups: counted.1, desirable: counted.0.desirable,
        undesirable: counted.0.undesirable)
    }
    return (grouping.ofRow.map { splitOfGroup[Int($0)] }, parts)
  }

  /// The split of each group, by time or drawn.
  private static func splits(
    of groups: [ClassCounts], _ records: SplitRecords, _ grouping: (ofRow: [UInt32], hashes: [UInt64]),
    _ options: SplitOptions, _ fractions: [Double]
  ) -> [UInt8] {
    if options.byTime != nil, !records.times.isEmpty {
      return TimeAssignment(
        times: records.times, groupOfRow: grouping.ofRow, groupCount: groups.count, fractions: fractions
      ).splitOfGroup
    }
    let strata = Strata(records, options.stratify)
    return GroupAssignment(
      groups: groups, hashes: grouping.hashes,
      GroupStrata(strata, groupOfRow: grouping.ofRow, groupCount: groups.count), totals: strata.totals,
      fractions: fractions, seed: options.seed
    ).splitOfGroup
  }

  /// Parts for cross-validation: the number of the fold that measures each row, from 0. Groups stay whole.
  /// - Throws: `SplitError.empty`, `.badFolds` for fewer than 2 or more than 50.
  package static func folds(
    of records: SplitRecords, _ options: SplitOptions, count: Int
  ) throws(SplitError) -> [UInt8] {
    guard records.count > 0 else { throw .empty }
    guard (2...50).contains(count) else { throw .badFolds(count) }
    let grouping = records.groups(by: options.groupBy)
    var groups = [ClassCounts](repeating: ClassCounts(), count: grouping.hashes.count)
    for row in 0..<records.count { groups[Int(grouping.ofRow[row])].add(records.labels[row]) }
    let fractions = [Double](repeating: 1 / Double(count), count: count)
    let foldOfGroup = splits(of: groups, records, grouping, options, fractions)
    return grouping.ofRow.map { foldOfGroup[Int($0)] }
  }

  private static func noteTimes(_ parts: inout [SplitReport.Part], _ records: SplitRecords, _ places: [UInt8])
  {
    for (time, place) in zip(records.times, places) where time.isFinite {
      let known = parts[Int(place)].times
      parts[Int(place)].times = (min(known?.first ?? time, time), max(known?.last ?? time, time))
    }
    var latest = -Double.infinity
    for part in parts.indices {
      parts[part].earlierRows = zip(records.times, places).count { Int($1) == part && $0 <= latest }
      latest = max(latest, parts[part].times?.last ?? -.infinity)
    }
  }

  /// Parts as they were given, and the groups that lie in more than one of them.
  private static func parts(
    _ kept: KeptParts, _ records: SplitRecords, _ groupOfRow: [UInt32]
  ) -> (parts: [SplitReport.Part], leaks: [SplitReport.Leak]) {
    var counts = kept.names.map { _ in ClassCounts() }
    var groupCounts = kept.names.map { _ in 0 }
    // The first row of each group in each part.
    var pairs: [UInt64: Int] = [:]
    for row in 0..<records.count {
      let part = Int(kept.partOfRow[row])
      counts[part].add(records.labels[row])
      let pair = UInt64(groupOfRow[row]) << 8 | UInt64(part)
      if pairs[pair] == nil {
        pairs[pair] = row
        groupCounts[part] += 1
      }
    }
    var leaks: [SplitReport.Leak] = []
    for first in kept.names.indices {
      for second in kept.names.indices.dropFirst(first + 1) {
        let shared = pairs.compactMap { pair, row in
          Int(pair & 0xFF) == first ? pairs[pair & ~0xFF | UInt64(second)].map { (row, $0) } : nil
        }
        if let rows = shared.min(by: <) {
          leaks.append(
            SplitReport.Leak(
              parts: (kept.names[first], kept.names[second]), groups: shared.count, rows: rows))
        }
      }
    }
    let parts = kept.names.indices.map {
      SplitReport.Part(
        name: kept.names[$0], ratio: nil, groups: groupCounts[$0], desirable: counts[$0].desirable,
        undesirable: counts[$0].undesirable)
    }
    return (parts, leaks)
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
