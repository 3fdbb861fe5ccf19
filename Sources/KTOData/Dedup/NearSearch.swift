internal import KTOCore

/// Finds pairs of rows that are alike, band by band.
///
/// Rows that meet in a band are compared by their shingles, unless they are in one set already. Of more than
/// `comparedAtMost` rows that meet, each is compared with that many first ones. The result does not depend on the number
/// of threads: what is compared follows from the sets before the band and from the rows that meet alone.
struct NearSearch {
  /// Rows that every later one of the same key is compared with.
  static let comparedAtMost = 64
  /// Rows of whole keys that a thread takes at a time.
  private static let portion = 2048

  let threshold: Double
  let jobs: Int
  let contents: DedupContents

  /// Rows that meet, each key after the other, and the sets they were in before.
  private struct Meetings: Sendable {
    var rows: [UInt32] = []
    var roots: [UInt32] = []
    var ends: [Int] = []
  }

  /// Adds what meets in a band to the sets.
  /// - Parameter entries: key and row, in rising order.
  /// - Returns: the pairs that were joined.
  func join(_ entries: [UInt64], in sets: inout RowSets) throws -> [(UInt32, UInt32)] {
    let portions = self.portions(entries, &sets)
    var next = 0
    let found = OrderedMap<Meetings, [(UInt32, UInt32)]>(
      jobs: jobs,
      read: {
        defer { next += 1 }
        return next < portions.count ? portions[next] : nil
      },
      worker: { [self] in { try pairs(in: $0) } })
    var joined: [(UInt32, UInt32)] = []
    while let pairs = try found.next() {
      for (a, b) in pairs {
        if sets.root(a) != sets.root(b) { joined.append((a, b)) }
        sets.join(a, b)
      }
    }
    return joined
  }

  private func portions(_ entries: [UInt64], _ sets: inout RowSets) -> [Meetings] {
    var portions: [Meetings] = []
    var current = Meetings()
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, entries[end] >> 32 == entries[start] >> 32 { end += 1 }
      if end - start > 1 {
        let rows = entries[start..<end].map { UInt32(truncatingIfNeeded: $0) }
        let roots = rows.map { sets.root($0) }
        if roots.contains(where: { $0 != roots[0] }) {
          current.rows += rows
          current.roots += roots
          current.ends.append(current.rows.count)
          if current.rows.count >= Self.portion {
            portions.append(current)
            current = Meetings()
          }
        }
      }
      start = end
    }
    if !current.rows.isEmpty { portions.append(current) }
    return portions
  }

  private func pairs(in meetings: Meetings) throws -> [(UInt32, UInt32)] {
    var found: [(UInt32, UInt32)] = []
    var start = 0
    for end in meetings.ends {
      try look(at: meetings, start..<end, &found)
      start = end
    }
    return found
  }

  private func look(
    at meetings: Meetings, _ range: Range<Int>, _ found: inout [(UInt32, UInt32)]
  ) throws {
    var sets = MeetingSets()
    var firsts: [ShingleSets] = []
    for place in range {
      let row = meetings.rows[place]
      let compared = min(place - range.lowerBound, Self.comparedAtMost)
      let isKept = compared < Self.comparedAtMost
      func isApart(_ other: Int) -> Bool {
        sets.root(meetings.roots[range.lowerBound + other]) != sets.root(meetings.roots[place])
      }
      guard isKept || (0..<compared).contains(where: isApart) else { continue }
      let shingles = try contents.shingles(Int(row))
      for other in 0..<compared where isApart(other) {
        guard shingles.jaccard(firsts[other], atLeast: threshold) != nil else { continue }
        found.append((meetings.rows[range.lowerBound + other], row))
        sets.join(meetings.roots[range.lowerBound + other], meetings.roots[place])
      }
      if isKept { firsts.append(shingles) }
    }
  }
}

/// Which sets were joined since a band began, for the rows that meet.
private struct MeetingSets {
  private var parent: [UInt32: UInt32] = [:]

  func root(_ root: UInt32) -> UInt32 {
    var root = root
    while let next = parent[root] { root = next }
    return root
  }

  /// The lower root stays, so that chains are short: later rows mostly come to sets of earlier ones.
  mutating func join(_ a: UInt32, _ b: UInt32) {
    let (x, y) = (root(a), root(b))
    if x != y { parent[max(x, y)] = min(x, y) }
  }
}
