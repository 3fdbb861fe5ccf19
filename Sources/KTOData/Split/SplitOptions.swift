internal import KTOCore

/// How examples are divided: shares, balance, what stays together.
package struct SplitOptions: Sendable, Equatable {
  package var ratios: SplitRatios
  /// The ratio of labels to reach in each split; nil leaves the labels as they are.
  package var balance: LabelBalance?
  package var strategy: BalanceStrategy
  package var groupBy: GroupBy
  package var seed: UInt64

  package init(
    ratios: SplitRatios = .all, balance: LabelBalance? = nil, strategy: BalanceStrategy = .downsample,
    groupBy: GroupBy = .prompt, seed: UInt64 = 42
  ) {
    self.ratios = ratios
    self.balance = balance
    self.strategy = strategy
    self.groupBy = groupBy
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
  /// Rows were to be grouped by a field that none has.
  case noSuchField(String, known: [String])
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
    case .noSuchField(let field, let known):
      "no record has a field \(excerpt(field)) beside those that its format reads"
        + (known.isEmpty
          ? "; there are no others"
          : "; there are " + known.prefix(20).map { excerpt($0) }.joined(separator: ", ")
            + (known.count > 20 ? ", …" : ""))
    }
  }
}
