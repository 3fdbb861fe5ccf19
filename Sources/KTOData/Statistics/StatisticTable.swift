internal import KTOCore

/// A table of statistics: a heading for each column, and rows whose first cell says what they are about.
package struct StatisticTable: Sendable, Equatable {
  package var header: [String]
  package var rows: [[String]]

  /// The table in columns, the first to the left and the others to the right, of at most 80 characters.
  var lines: [String] {
    let all = [header] + rows
    let columns = all.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in all.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    let others = widths.dropFirst().map { max(9, $0 + 1) }
    let first = min(widths.first ?? 0, max(8, 77 - others.reduce(0, +)))
    return all.map { row in
      let name = row.first ?? ""
      let head = name.count > first ? name.prefix(first - 1) + "…" : name[...]
      return head + String(repeating: " ", count: first - head.count)
        + zip(row.dropFirst(), others).map { cell, width in
          String(repeating: " ", count: max(1, width - cell.count)) + cell
        }.joined()
    }
  }
}

extension StatisticTable {
  /// A row for each of the most frequent names, with its classes, and one for the rest.
  init(of what: String, _ counts: [String: ClassCounts], limit: Int = 10) {
    let sorted = counts.sorted { ($1.value.total, $0.key) < ($0.value.total, $1.key) }
    let total = counts.values.reduce(0) { $0 + $1.total }
    let hasUnlabelled = counts.values.contains { $0.unlabelled > 0 }
    func row(_ name: String, _ counts: ClassCounts) -> [String] {
      [name, "\(counts.desirable)", "\(counts.undesirable)"] + (hasUnlabelled ? ["\(counts.unlabelled)"] : [])
        + [percent(counts.total, of: total)]
    }
    header = [what, "desirable", "undesirable"] + (hasUnlabelled ? ["no label"] : []) + ["share"]
    rows = sorted.prefix(limit).map { row(excerpt($0.key, limit: 60), $0.value) }
    if sorted.count > limit {
      let rest = sorted.dropFirst(limit).reduce(ClassCounts()) { $0 + $1.value }
      rows.append(row("\(sorted.count - limit) more", rest))
    }
  }

  /// A row for each class that has any, with the quantiles of its sizes.
  init(of what: String, _ histograms: ByClass<Histogram>) {
    header = [what, "min", "5%", "median", "95%", "max", "mean"]
    rows = ByClass<Histogram>.labels.compactMap { name, label in
      let one = histograms[label]
      guard one.count > 0 else { return nil }
      let numbers = [one.least, one.quantile(0.05), one.quantile(0.5), one.quantile(0.95), one.greatest]
      return [name] + numbers.map { "\($0)" } + [decimal(one.mean, digits: 1)]
    }
  }
}
