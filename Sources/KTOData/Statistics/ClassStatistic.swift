package import KTOCore

/// Examples of each class, and the inputs they come from.
package struct ClassStatistic: RowStatistic {
  package static let name = "classes"
  package static let title = "Classes and sources"

  package private(set) var counts = ClassCounts()
  package private(set) var sources: [String: ClassCounts] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    counts.add(row.label)
    sources[row.example.source.file, default: ClassCounts()].add(row.label)
  }

  package mutating func merge(_ other: Self) {
    counts += other.counts
    sources.merge(other.sources) { $0 + $1 }
  }

  package var json: JSONValue {
    .members(["examples": counts.fullJSON, "sources": KTOData.json(sources)])
  }

  package init(json: JSONNode) throws(StatisticsError) {
    counts = try ClassCounts(json: json["examples"])
    sources = try namedCounts(json["sources"])
  }

  package var tables: [StatisticTable] {
    [StatisticTable(of: "class", ["all": counts], limit: 1), StatisticTable(of: "source", sources)]
  }
}
