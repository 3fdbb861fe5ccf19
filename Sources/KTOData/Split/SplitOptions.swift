internal import KTOCore

/// How examples are divided: shares, balance, what stays together, what is spread evenly, what comes first.
package struct SplitOptions: Sendable, Equatable {
  package var ratios: SplitRatios
  /// The ratio of labels to reach in each split; nil leaves the labels as they are.
  package var balance: LabelBalance?
  package var strategy: BalanceStrategy
  package var groupBy: GroupBy
  /// What each part has in the same shares, beside the labels.
  package var stratify: [StratifyBy]
  /// The field that has a row's time: the oldest rows train, and the parts after it are later. nil: the parts are drawn.
  package var byTime: RecordField?
  package var seed: UInt64

  package init(
    ratios: SplitRatios = .all, balance: LabelBalance? = nil, strategy: BalanceStrategy = .downsample,
    groupBy: GroupBy = .prompt, stratify: [StratifyBy] = [], byTime: RecordField? = nil, seed: UInt64 = 42
  ) {
    self.ratios = ratios
    self.balance = balance
    self.strategy = strategy
    self.groupBy = groupBy
    self.stratify = stratify
    self.byTime = byTime
    self.seed = seed
  }
}

/// Why examples cannot be split.
package enum SplitError: Error, Equatable, Sendable {
  case badRatios(String, reason: String)
  case badBalance(String)
  case empty
  /// A balance was asked for and one label does not occur (check E09).
  case oneClassOnly(isDesirable: Bool, rows: Int)
  case tooManyRows(limit: Int)
  case unlabelled(id: String)
  /// The examples have weights, which the export has no place for.
  case weightsLost(export: String)
  /// A split was to go by a field that no row has.
  case noSuchField(String, known: [String])
  /// The field that orders rows by time holds something else.
  case noTime(String, field: String, file: String, line: Int)
  case badFolds(Int)
}

extension SplitError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badRatios(let text, let reason): "\"\(text)\" are no shares: \(reason)"
    case .badBalance(let text):
      "\"\(text)\" is no balance: two numbers from 1 to 99 that make 100, as in 50/50"
    case .empty: "there are no examples to split"
    case .oneClassOnly(let isDesirable, let rows):
      "E09: all \(rows) examples are \(isDesirable ? "desirable" : "undesirable"); no balance can be reached"
    case .tooManyRows(let limit): "more than \(limit) examples"
    case .unlabelled(let id): "example \(excerpt(id)) has no label; label the examples before they are split"
    case .weightsLost(let export): "the examples have weights, which \(export) does not keep"
    case .noTime(let value, let field, let file, let line):
      "\(file):\(line): \(excerpt(field)) is \"\(excerpt(value))\", which is no time: ISO 8601 as in 2024-05-01T10:00:00Z, "
        + "or seconds or milliseconds since 1970"
    case .badFolds(let count): "\(count) is no number of folds: from 2 to 50"
    case .noSuchField(let field, let known):
      "no record has a field \(excerpt(field)) beside those that its format reads"
        + (known.isEmpty
          ? "; there are no others"
          : "; there are " + known.prefix(20).map { excerpt($0) }.joined(separator: ", ")
            + (known.count > 20 ? ", …" : ""))
    }
  }
}
