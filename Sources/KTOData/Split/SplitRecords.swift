internal import KTOCore

/// What a split needs to know of each example: 25 bytes a row, and 8 more where any row has a weight.
package struct SplitRecords: Sendable {
  /// 8 bytes each: what ties rows together, and what decides which are left out.
  private(set) var promptHashes: [UInt64] = []
  private(set) var groupHashes: [UInt64] = []
  private(set) var rowHashes: [UInt64] = []
  private(set) var labels: [Bool] = []
  /// Empty while all weights are 1.
  private(set) var weights: [Double] = []

  package var count: Int { labels.count }

  package init() {}

  /// Notes one labelled example; its row number is the count before.
  /// - Throws: `SplitError.unlabelled`, `.tooManyRows` beyond 2³² − 1.
  package mutating func append(_ example: Example, _ fingerprint: Fingerprint) throws(SplitError) {
    guard let label = example.label else { throw .unlabelled(id: example.id) }
    guard count < Int(UInt32.max) else { throw .tooManyRows(limit: Int(UInt32.max)) }
    promptHashes.append(fingerprint.prompt)
    rowHashes.append(fingerprint.row)
    groupHashes.append(contentKey(example.group.utf8))
    labels.append(label)
    if let weight = example.weight, weight != 1, weights.isEmpty {
      weights = [Double](repeating: 1, count: count - 1)
      weights.append(weight)
    } else if !weights.isEmpty {
      weights.append(example.weight ?? 1)
    }
  }

  func weight(_ row: Int) -> Double { weights.isEmpty ? 1 : weights[row] }

  /// The group number of each row, and of each group a hash that does not depend on the order of the rows.
  func groups(by groupBy: GroupBy) -> (ofRow: [UInt32], hashes: [UInt64]) {
    var parent = (0..<UInt32(count)).map { $0 }
    func root(_ row: UInt32) -> UInt32 {
      var row = row
      while parent[Int(row)] != row {
        parent[Int(row)] = parent[Int(parent[Int(row)])]
        row = parent[Int(row)]
      }
      return row
    }
    func join(_ keys: [UInt64]) {
      let order = (0..<UInt32(count)).sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
      for (a, b) in zip(order, order.dropFirst()) where keys[Int(a)] == keys[Int(b)] {
        let (x, y) = (root(a), root(b))
        parent[Int(max(x, y))] = min(x, y)
      }
    }
    switch groupBy {
    case .prompt:
      join(promptHashes)
      join(groupHashes)
    case .group: join(groupHashes)
    case .none: break
    }
    var ofRow = [UInt32](repeating: 0, count: count)
    var hashes: [UInt64] = []
    for row in 0..<count {
      let top = Int(root(UInt32(row)))
      if top == row {
        ofRow[row] = UInt32(hashes.count)
        hashes.append(rowHashes[row])
      } else {
        // The root is the group's first row, so its number is known already.
        ofRow[row] = ofRow[top]
        let group = Int(ofRow[row])
        hashes[group] = min(hashes[group], rowHashes[row])
      }
    }
    return (ofRow, hashes)
  }
}
