/// Gives each group to a split by its latest row's time: the oldest groups train, and each later part begins where the one
/// before it ends.
///
/// A group is never parted, so a later part may hold old rows, but an earlier part never holds late ones: what is
/// measured lies after all that was trained on.
/// - Complexity: O(g log g) for g groups.
struct TimeAssignment {
  private(set) var splitOfGroup: [UInt8]

  /// - Parameters:
  ///   - times: of each row, seconds.
  ///   - fractions: of the rows, in the parts' order from the oldest to the latest.
  init(times: [Double], groupOfRow: [UInt32], groupCount: Int, fractions: [Double]) {
    var latest = [Double](repeating: -.infinity, count: groupCount)
    var rows = [Int](repeating: 0, count: groupCount)
    for (group, time) in zip(groupOfRow, times) {
      latest[Int(group)] = max(latest[Int(group)], time)
      rows[Int(group)] += 1
    }
    splitOfGroup = [UInt8](repeating: 0, count: groupCount)
    let wanted = fractions.indices.filter { fractions[$0] > 0 }
    guard var split = wanted.first else { return }
    var (taken, limit) = (0, fractions[split] * Double(times.count))
    var rest = wanted.dropFirst()
    var last = -Double.infinity
    for group in latest.indices.sorted(by: { (latest[$0], $0) < (latest[$1], $1) }) {
      // Half of a group's rows or more beyond the limit: it begins the next part, unless its time is still the last one's.
      if Double(taken) + Double(rows[group]) / 2 > limit, latest[group] > last, let next = rest.first {
        split = next
        limit += fractions[next] * Double(times.count)
        rest = rest.dropFirst()
      }
      splitOfGroup[group] = UInt8(split)
      taken += rows[group]
      last = latest[group]
    }
  }
}
