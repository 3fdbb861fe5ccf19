package import KTOCore

/// Examples and prompts that come again, whatever their white space and, for prompts and the answers of one prompt, the
/// case of their letters.
package struct RepetitionStatistic: RowStatistic {
  package static let name = "repetitions"
  package static let title = "Repetitions (whatever the white space)"

  package private(set) var rows = DistinctSample()
  package private(set) var prompts = DistinctSample()
  private var total = 0

  package init() {}

  package mutating func add(_ row: CountedRow) {
    total += 1
    rows.add(row.fingerprint.likeness.row.low, row.label)
    prompts.add(
      row.fingerprint.likeness.prompt, row.label, variant: row.fingerprint.likeness.conversation)
  }

  package mutating func merge(_ other: Self) {
    total += other.total
    rows.merge(other.rows)
    prompts.merge(other.prompts)
  }

  package var json: JSONValue {
    .members(["examples": .integer(total), "rows": rows.json, "prompts": prompts.json])
  }

  package init(json: JSONNode) throws(StatisticsError) {
    guard let total = json["examples"]?.int else { throw .damaged(Self.name) }
    self.total = total
    rows = try DistinctSample(json: json["rows"])
    prompts = try DistinctSample(json: json["prompts"])
  }

  package var tables: [StatisticTable] {
    guard total > 0 else { return [] }
    func row(_ name: String, _ sample: DistinctSample, _ isCounted: (ClassCounts) -> Bool) -> [String] {
      [name, sample.text(sample.distinct(where: isCounted))]
    }
    return [
      StatisticTable(
        header: ["what", "number"],
        rows: [
          row("different examples", rows) { _ in true },
          row("- that come again", rows) { $0.total > 1 },
          row("- under both labels", rows) { $0.desirable > 0 && $0.undesirable > 0 },
          row("different prompts", prompts) { _ in true },
          ["- with more than one answer", prompts.text(prompts.distinctWithVariants)],
          row("- with answers of both labels", prompts) { $0.desirable > 0 && $0.undesirable > 0 },
        ])
    ]
  }
}
