/// Rows in disjoint sets, which are joined by keys that rows share.
///
/// 4 bytes a row, and 4 more while keys are compared.
struct RowSets {
  private var parent: [UInt32]

  init(count: Int) { parent = (0..<UInt32(count)).map { $0 } }

  /// The first row of the set.
  mutating func root(_ row: UInt32) -> UInt32 {
    var row = row
    while parent[Int(row)] != row {
      parent[Int(row)] = parent[Int(parent[Int(row)])]
      row = parent[Int(row)]
    }
    return row
  }

  mutating func join(_ a: UInt32, _ b: UInt32) {
    let (x, y) = (root(a), root(b))
    parent[Int(max(x, y))] = min(x, y)
  }

  /// Joins rows that have the same key, one key a row.
  /// - Complexity: O(n log n).
  mutating func join(_ keys: [UInt64], ignoring ignored: UInt64? = nil) {
    let order = Self.order(keys)
    for (a, b) in zip(order, order.dropFirst())
    where keys[Int(a)] == keys[Int(b)] && keys[Int(a)] != ignored { join(a, b) }
  }

  /// Joins each pair's row with all rows that have its key.
  /// - Complexity: O((n + pairs) log n).
  mutating func join(_ pairs: [(key: UInt64, row: UInt32)], withRowsOf keys: [UInt64]) {
    guard !pairs.isEmpty else { return }
    let order = Self.order(keys)
    // Rows of one key are joined with each other once, however many pairs have it.
    var joined: Set<UInt64> = []
    for pair in pairs {
      var (low, high) = (0, order.count)
      while low < high {
        let middle = (low + high) / 2
        if keys[Int(order[middle])] < pair.key { low = middle + 1 } else { high = middle }
      }
      guard low < order.count, keys[Int(order[low])] == pair.key else { continue }
      join(pair.row, order[low])
      guard joined.insert(pair.key).inserted else { continue }
      var next = low + 1
      while next < order.count, keys[Int(order[next])] == pair.key {
        join(order[low], order[next])
        next += 1
      }
    }
  }

  /// The number of each row's set, in the order of their first rows, and each set's least hash.
  mutating func numbered(hashes rowHashes: [UInt64]) -> (ofRow: [UInt32], hashes: [UInt64]) {
    var ofRow = [UInt32](repeating: 0, count: parent.count)
    var hashes: [UInt64] = []
    for row in parent.indices {
      let top = Int(root(UInt32(row)))
      if top == row {
        ofRow[row] = UInt32(hashes.count)
        hashes.append(rowHashes[row])
      } else {
        // The root is the set's first row, so its number is known already.
        ofRow[row] = ofRow[top]
        let set = Int(ofRow[row])
        hashes[set] = min(hashes[set], rowHashes[row])
      }
    }
    return (ofRow, hashes)
  }

  private static func order(_ keys: [UInt64]) -> [UInt32] {
    keys.indices.map { UInt32($0) }.sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
  }
}
