package import KTOCore

/// What labels are made from.
package struct SignalStatistic: RowStatistic {
  package static let name = "signals"
  package static let title = "Evidence for labels"

  package private(set) var counts: [String: ClassCounts] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    for name in Set(row.example.signals.map(Self.name(of:))) {
      counts[name, default: ClassCounts()].add(row.label)
    }
    if row.example.signals.isEmpty { counts["none", default: ClassCounts()].add(row.label) }
  }

  private static func name(of signal: Signal) -> String {
    switch signal {
    case .field: "a thumb or label"
    case .pair: "a side of a pair"
    case .tie: "a tie"
    case .rank: "a rank"
    case .word: "a word of the rules"
    case .value: "a field of the rules"
    case .score(_, let isAccepted): isAccepted ? "a score, accepted" : "a score"
    }
  }

  package mutating func merge(_ other: Self) { counts.merge(other.counts) { $0 + $1 } }

  package var json: JSONValue { KTOData.json(counts) }

  package init(json: JSONNode) throws(StatisticsError) { counts = try namedCounts(json) }

  package var tables: [StatisticTable] { counts.isEmpty ? [] : [StatisticTable(of: "evidence", counts)] }
}
