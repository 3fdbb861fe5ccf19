package import KTOCore

/// Groups, which a split keeps together: those of the same prompt, or what a source names.
package struct GroupStatistic: RowStatistic {
  package static let name = "groups"
  package static let title = "Groups"

  package private(set) var groups = DistinctSample()

  package init() {}

  package mutating func add(_ row: CountedRow) { groups.add(contentKey(row.example.group.utf8), row.label) }

  package mutating func merge(_ other: Self) { groups.merge(other.groups) }

  package var json: JSONValue { groups.json }

  package init(json: JSONNode) throws(StatisticsError) { groups = try DistinctSample(json: json) }

  package var tables: [StatisticTable] {
    guard !groups.counts.isEmpty else { return [] }
    func row(_ name: String, _ isCounted: (ClassCounts) -> Bool) -> [String] {
      [name, groups.text(groups.distinct(where: isCounted))]
    }
    return [
      StatisticTable(
        header: ["what", "number"],
        rows: [
          row("groups") { _ in true }, row("- of one example") { $0.total == 1 },
          row("- of 2 to 4") { (2...4).contains($0.total) }, row("- of 5 or more") { $0.total > 4 },
          row("- with both labels") { $0.desirable > 0 && $0.undesirable > 0 },
          ["examples of the largest group counted", "\(groups.counts.values.map(\.total).max() ?? 0)"],
        ])
    ]
  }
}
