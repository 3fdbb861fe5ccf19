internal import KTOCore

/// What a split needs to know of each example: 33 bytes a row, 8 more where a model is known, 8 more where any row has a
/// weight or a field groups them, 4 for each field that rows are stratified by, 8 for their time, and 12 for each assistant's turn in a prompt.
package struct SplitRecords: Sendable {
  /// 8 bytes each: what ties rows together, and what decides which are left out.
  private var promptKeys: [UInt64] = []
  private var groupKeys: [UInt64] = []
  private var conversationKeys: [UInt64] = []
  /// Empty without a model.
  private(set) var tokenKeys: [TokenKeys] = []
  /// 0 for a row without the field; empty where no field groups.
  private var fieldKeys: [UInt64] = []
  /// The number of each row's value, or its length, for each stratification.
  private(set) var strata: [[UInt32]] = []
  /// Seconds since 1970 began, −∞ for a row without a time; empty where none has one.
  private(set) var times: [Double] = []
  /// What prompts begin with, and in which row.
  private var beginnings: [(key: UInt64, row: UInt32)] = []
  /// Rows that tokens tie together beside equal prompts.
  private var continuations: [(row: UInt32, of: UInt32)] = []
  private(set) var rowHashes: [UInt64] = []
  private(set) var labels: [Bool] = []
  /// Empty while all weights are 1.
  private(set) var weights: [Double] = []

  package var count: Int { labels.count }

  package init() {}

  /// Notes one labelled example; its row number is the count before.
  /// - Parameters:
  ///   - tokens: of every row, or of none.
  ///   - keys: what fields of the record say about it, the same of them for every row.
  /// - Throws: `SplitError.unlabelled`, `.tooManyRows` beyond 2³² − 1.
  package mutating func append(
    _ example: Example, _ fingerprint: Fingerprint, tokens: TokenKeys? = nil, keys: RowKeys = RowKeys()
  ) throws(SplitError) {
    guard let label = example.label else { throw .unlabelled(id: example.id) }
    guard count < Int(UInt32.max) else { throw .tooManyRows(limit: Int(UInt32.max)) }
    let row = UInt32(count)
    promptKeys.append(fingerprint.likeness.prompt)
    conversationKeys.append(fingerprint.likeness.conversation)
    for key in fingerprint.likeness.beginnings { beginnings.append((key, row)) }
    rowHashes.append(fingerprint.row)
    groupKeys.append(contentKey(example.group.utf8))
    if let tokens { tokenKeys.append(tokens) }
    if keys.group != nil || !fieldKeys.isEmpty {
      if fieldKeys.isEmpty { fieldKeys = [UInt64](repeating: 0, count: count) }
      fieldKeys.append(keys.group.map { max(1, contentKey($0.utf8)) } ?? 0)
    }
    if strata.isEmpty, count == 0 { strata = keys.strata.map { _ in [] } }
    for (index, stratum) in keys.strata.enumerated() { strata[index].append(stratum) }
    if keys.time != nil || !times.isEmpty {
      if times.isEmpty { times = [Double](repeating: -.infinity, count: count) }
      times.append(keys.time ?? -.infinity)
    }
    labels.append(label)
    if let weight = example.weight, weight != 1, weights.isEmpty {
      weights = [Double](repeating: 1, count: count - 1)
      weights.append(weight)
    } else if !weights.isEmpty {
      weights.append(example.weight ?? 1)
    }
  }

  /// The rows whose prompts hold an answer, so that they may continue another conversation.
  var rowsWithBeginnings: [UInt32] {
    var rows: [UInt32] = []
    for (_, row) in beginnings where rows.last != row { rows.append(row) }
    return rows
  }

  /// Ties a row to another that it continues, by their tokens.
  mutating func join(_ row: Int, continuing other: Int) {
    continuations.append((UInt32(row), UInt32(other)))
  }

  /// The records of some rows, in their order, which become rows 0, 1, ….
  func keeping(_ rows: [Int]) -> SplitRecords {
    var left = self
    func kept<Value>(_ values: [Value]) -> [Value] { values.isEmpty ? [] : rows.map { values[$0] } }
    left.promptKeys = kept(promptKeys)
    left.groupKeys = kept(groupKeys)
    left.conversationKeys = kept(conversationKeys)
    left.tokenKeys = kept(tokenKeys)
    left.fieldKeys = kept(fieldKeys)
    left.strata = strata.map { kept($0) }
    left.times = kept(times)
    left.rowHashes = kept(rowHashes)
    left.labels = kept(labels)
    left.weights = kept(weights)
    let numbers = Dictionary(uniqueKeysWithValues: rows.enumerated().map { (UInt32($1), UInt32($0)) })
    left.beginnings = beginnings.compactMap { beginning in
      numbers[beginning.row].map { (beginning.key, $0) }
    }
    left.continuations = continuations.compactMap { pair in
      guard let row = numbers[pair.row], let other = numbers[pair.of] else { return nil }
      return (row, other)
    }
    return left
  }

  func weight(_ row: Int) -> Double { weights.isEmpty ? 1 : weights[row] }

  /// The group number of each row, and of each group a hash that does not depend on the order of the rows.
  func groups(by groupBy: GroupBy) -> (ofRow: [UInt32], hashes: [UInt64]) {
    var sets = RowSets(count: count)
    if groupBy != .none { sets.join(groupKeys) }
    if groupBy.keepsPrompts {
      sets.join(promptKeys)
      if !tokenKeys.isEmpty { sets.join(tokenKeys.map(\.prompt)) }
      sets.join(beginnings, withRowsOf: conversationKeys)
      for pair in continuations { sets.join(pair.row, pair.of) }
    }
    if groupBy.field != nil, !fieldKeys.isEmpty { sets.join(fieldKeys, ignoring: 0) }
    return sets.numbered(hashes: rowHashes)
  }
}
