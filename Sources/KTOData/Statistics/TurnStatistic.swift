package import KTOCore

/// Messages of conversations, and how many have a system message or tools.
package struct TurnStatistic: RowStatistic {
  package static let name = "turns"
  package static let title = "Turns"

  private static let marks = ["with a system message", "with tools", "of more than one turn", "weighted"]
  /// Messages of prompt and completion, but for system messages.
  package private(set) var messages = ByClass(Histogram())
  package private(set) var counts: [String: ClassCounts] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    let all = row.example.prompt + row.example.completion
    let turns = all.count { $0.isComparedByShingles }
    messages[row.label].add(turns)
    let flags = [
      turns < all.count, row.example.tools != nil, row.example.prompt.contains { $0.role == "assistant" },
      row.example.weight != nil,
    ]
    for (name, isSo) in zip(Self.marks, flags) where isSo {
      counts[name, default: ClassCounts()].add(row.label)
    }
  }

  package mutating func merge(_ other: Self) {
    for (_, label) in ByClass<Histogram>.labels { messages[label].merge(other.messages[label]) }
    counts.merge(other.counts) { $0 + $1 }
  }

  package var json: JSONValue {
    .members(["messages": messages.json(\.json), "examples": KTOData.json(counts)])
  }

  package init(json: JSONNode) throws(StatisticsError) {
    messages = try ByClass(Histogram(), json: json["messages"]) { (node) throws(StatisticsError) in
      try Histogram(json: node)
    }
    counts = try namedCounts(json["examples"])
  }

  package var tables: [StatisticTable] {
    let total = ByClass<Histogram>.labels.reduce(0) { $0 + messages[$1.label].count }
    let rows = Self.marks.compactMap { name in
      counts[name].map { [name, "\($0.desirable)", "\($0.undesirable)", percent($0.total, of: total)] }
    }
    let header = ["conversations", "desirable", "undesirable", "of all"]
    return [StatisticTable(of: "messages", messages)]
      + (rows.isEmpty ? [] : [StatisticTable(header: header, rows: rows)])
  }
}
