internal import KTOCore

/// Gives each group to a split so that rows of both labels, and of every other stratum, come near their shares.
///
/// Largest groups first, each to where it lowers Σ (rows − target)² / target over splits and strata most; groups
/// of one size come in an order drawn from the seed and their content alone. Then a split that was asked for
/// and lacks a label takes the smallest group that has it, where that leaves it at no more than twice its share
/// and the giver with both labels.
/// - Complexity: O(g log g) for g groups.
struct GroupAssignment {
  private let groups: [ClassCounts]
  private let groupStrata: GroupStrata
  private let totals: [Int]
  private let fractions: [Double]
  private let total: ClassCounts
  private(set) var splitOfGroup: [UInt8]
  private(set) var counts: [ClassCounts]
  /// Rows of each stratum in each split.
  private(set) var stratumCounts: [[Int]]

  init(
    groups: [ClassCounts], hashes: [UInt64], _ groupStrata: GroupStrata, totals: [Int], fractions: [Double],
    seed: UInt64
  ) {
    self.groups = groups
    self.groupStrata = groupStrata
    self.totals = totals
    self.fractions = fractions
    var total = ClassCounts()
    for group in groups { total += group }
    self.total = total
    splitOfGroup = [UInt8](repeating: 0, count: groups.count)
    counts = fractions.map { _ in ClassCounts() }
    stratumCounts = fractions.map { _ in totals.map { _ in 0 } }
    let keys = hashes.map { mixed($0, seed: seed) }
    let order = groups.indices.sorted { a, b in
      if groups[a].total != groups[b].total { return groups[a].total > groups[b].total }
      return keys[a] != keys[b] ? keys[a] < keys[b] : a < b
    }
    for group in order {
      let split = cheapestSplit(for: group)
      splitOfGroup[group] = UInt8(split)
      counts[split] += groups[group]
      for (stratum, count) in groupStrata[group] { stratumCounts[split][Int(stratum)] += Int(count) }
    }
    for split in fractions.indices where fractions[split] > 0 {
      for label in [true, false] where counts[split][label] == 0 && total[label] > 1 {
        supply(split, with: label, from: order)
      }
    }
  }

  private func cheapestSplit(for group: Int) -> Int {
    var best = 0
    var lowest = Double.infinity
    for split in fractions.indices where fractions[split] > 0 {
      let cost = cost(of: group, in: split)
      if cost < lowest { (best, lowest) = (split, cost) }
    }
    return best
  }

  /// How much Σ (rows − target)² / target changes when the group joins the split.
  private func cost(of group: Int, in split: Int) -> Double {
    var cost = 0.0
    for (stratum, count) in groupStrata[group] {
      let target = fractions[split] * Double(totals[Int(stratum)])
      let before = Double(stratumCounts[split][Int(stratum)]) - target
      let after = before + Double(count)
      cost += (after * after - before * before) / target
    }
    return cost
  }

  private mutating func supply(_ split: Int, with label: Bool, from order: [Int]) {
    let target = fractions[split] * Double(total.total)
    // From the end of the order: the smallest groups first.
    for group in order.reversed() where groups[group][label] > 0 {
      let giver = Int(splitOfGroup[group])
      guard giver != split else { continue }
      let rows = Double(counts[split].total + groups[group].total)
      guard rows <= max(2, 2 * target) else { return }
      let leftHasBoth = [true, false].allSatisfy {
        groups[group][$0] == 0 || counts[giver][$0] > groups[group][$0]
      }
      guard leftHasBoth else { continue }
      counts[giver] -= groups[group]
      counts[split] += groups[group]
      for (stratum, count) in groupStrata[group] {
        stratumCounts[giver][Int(stratum)] -= Int(count)
        stratumCounts[split][Int(stratum)] += Int(count)
      }
      splitOfGroup[group] = UInt8(split)
      return
    }
  }
}
