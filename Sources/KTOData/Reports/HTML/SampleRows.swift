internal import KTOCore

/// Some examples of each class, chosen by a hash of what they say: the same ones whatever order they come in.
package struct SampleRows: Sendable {
  package let limit: Int
  private var chosen: [Bool: [(hash: UInt64, example: Example)]] = [:]

  /// - Parameter limit: examples of each class.
  package init(limit: Int = 12) { self.limit = limit }

  package mutating func add(_ row: CountedRow) {
    guard limit > 0, let label = row.label else { return }
    let hash = mixed(row.fingerprint.row, seed: 2)
    var rows = chosen[label] ?? []
    if rows.count == limit, let last = rows.last, hash >= last.hash { return }
    guard !rows.contains(where: { $0.hash == hash }) else { return }
    let place = rows.firstIndex { $0.hash > hash } ?? rows.count
    rows.insert((hash, row.example), at: place)
    if rows.count > limit { rows.removeLast() }
    chosen[label] = rows
  }

  /// Desirable and undesirable ones in turn.
  package var examples: [Example] {
    let (good, bad) = (chosen[true] ?? [], chosen[false] ?? [])
    return (0..<max(good.count, bad.count)).flatMap { place in
      [good, bad].compactMap { $0.count > place ? $0[place].example : nil }
    }
  }
}
