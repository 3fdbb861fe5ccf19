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

/// How a ratio of labels is reached.
package enum BalanceStrategy: String, Sendable, CaseIterable {
  /// Surplus rows of the majority class are left out; none is ever repeated.
  case downsample
  /// Every row stays, with a weight that makes the weighted ratio the target and the mean weight 1.
  case weight
}

/// What keeps examples on one side of a split.
package enum GroupBy: String, Sendable, CaseIterable {
  /// The same prompt, or the same group as its source gave it.
  case prompt
  /// The group alone.
  case group
  /// Nothing: each row goes where it will.
  case none
}

/// Shares of the rows for train, validation and test.
package struct SplitRatios: Sendable, Equatable, CustomStringConvertible {
  package static let names = ["train", "validation", "test"]
  /// Everything in `train`.
  package static let all = SplitRatios(unchecked: [100])

  /// One to three shares of at least 0, the first above 0.
  package let parts: [Int]

  private init(unchecked parts: [Int]) { self.parts = parts }

  /// - Throws: `SplitError.badRatios` unless there are one to three parts from 0 to 100, the first above 0,
  ///   that make 100.
  package init(_ parts: [Int]) throws(SplitError) {
    guard (1...3).contains(parts.count), parts.allSatisfy({ (0...100).contains($0) }),
      parts.reduce(0, +) == 100, let first = parts.first, first > 0
    else { throw .badRatios(parts.map(String.init).joined(separator: "/")) }
    self.parts = parts
  }

  /// Reads `100`, `90/10` or `80/10/10`.
  package init(parsing text: String) throws(SplitError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { wholeNumber($0) }
    guard !parts.contains(nil) else { throw .badRatios(excerpt(text)) }
    do { try self.init(parts.compactMap(\.self)) } catch { throw .badRatios(excerpt(text)) }
  }

  package var description: String { parts.map(String.init).joined(separator: "/") }
  var fractions: [Double] { parts.map { Double($0) / 100 } }
}

/// Why examples cannot be split.
package enum SplitError: Error, Equatable, Sendable {
  case badRatios(String)
  case badBalance(String)
  case empty
  /// A balance was asked for and one label does not occur (check E09).
  case oneClassOnly(isDesirable: Bool, rows: Int)
  case tooManyRows(limit: Int)
  case unlabelled(id: String)
  /// The examples have weights, which the export has no place for.
  case weightsLost(export: String)
}

extension SplitError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badRatios(let text): "\"\(text)\" are no ratios: 100, 90/10 or 80/10/10, say; they must make 100"
    case .badBalance(let text):
      "\"\(text)\" is no balance: two numbers from 1 to 99 that make 100, as in 50/50"
    case .empty: "there are no examples to split"
    case .oneClassOnly(let isDesirable, let rows):
      "E09: all \(rows) examples are \(isDesirable ? "desirable" : "undesirable"); no balance can be reached"
    case .tooManyRows(let limit): "more than \(limit) examples"
    case .unlabelled(let id): "example \(excerpt(id)) has no label; label the examples before they are split"
    case .weightsLost(let export): "the examples have weights, which \(export) does not keep"
    }
  }
}

private func wholeNumber(_ text: Substring) -> Int? {
  guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
    return nil
  }
  return Int(text)
}
