package import KTOCore

/// One kind of numbers about a set of examples, which two sets' can be merged of.
///
/// To add one, write its file here and its line in `RowStatistics.swift`. Its JSON holds all that merging needs: the
/// statistics of two files, read back and merged, are those of both files together.
package protocol RowStatistic: Sendable, SendableMetatype {
  /// Its member in the JSON.
  static var name: String { get }
  /// What stands above its table.
  static var title: String { get }
  init()
  /// - Throws: `StatisticsError.damaged` for what `json` has not written.
  init(json: JSONNode) throws(StatisticsError)
  mutating func add(_ row: CountedRow)
  mutating func merge(_ other: Self)
  var json: JSONValue { get }
  /// For people; empty where there is nothing to say.
  var tables: [StatisticTable] { get }
  /// The same as text of at most 80 columns.
  var lines: [String] { get }
}

extension RowStatistic {
  package var lines: [String] { Array(tables.map(\.lines).joined(separator: [""])) }
}

/// An example as statistics see it.
package struct CountedRow: Sendable {
  package let example: Example
  package let fingerprint: Fingerprint
  /// Nil without a model.
  package let tokenCounts: (prompt: Int, completion: Int)?

  package var label: Bool? { example.label }

  package init(
    _ example: Example, _ fingerprint: Fingerprint, tokenCounts: (prompt: Int, completion: Int)? = nil
  ) {
    self.example = example
    self.fingerprint = fingerprint
    self.tokenCounts = tokenCounts
  }

  /// Nil for a row without an example.
  package init?(_ row: Row) {
    guard let example = row.example, let fingerprint = row.fingerprint else { return nil }
    self.init(
      example, fingerprint,
      tokenCounts: row.tokens?.row.map { ($0.promptIDs.count, $0.completionIDs.count) })
  }
}

/// Why statistics cannot be read back or added.
package enum StatisticsError: Error, Equatable, Sendable, CustomStringConvertible {
  case damaged(String)
  case unreadable(path: String, reason: String)
  case otherVersion(path: String)
  /// Tokens were counted with another tokenizer or chat template than those there are.
  case otherTokenizer(of: String, model: String, known: String)

  package var description: String {
    switch self {
    case .damaged(let name): "\(name) is not as stats writes it"
    case .unreadable(let path, let reason): "\(path) holds no statistics: \(reason)"
    case .otherVersion(let path): "\(path) holds statistics of another version: make them anew"
    case .otherTokenizer(let name, let model, let known):
      "the tokens of \(name) are counted with \(model), the others with \(known): tokenizers or chat templates differ"
    }
  }
}
