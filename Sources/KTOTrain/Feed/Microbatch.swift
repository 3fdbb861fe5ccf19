/// Rows that are computed together and share their reference points.
package struct Microbatch: Sendable, Equatable {
  /// Indices into the data set.
  package var rows: [Int]
  /// For each row, the row whose completion follows this row's prompt in a mismatched pair.
  package var partners: [Int]

  package init(rows: [Int], partners: [Int]) {
    self.rows = rows
    self.partners = partners
  }
}

/// The order in which a run goes through its rows.
package enum RowOrder: String, Sendable, CaseIterable {
  /// A seeded shuffle each epoch that gives each microbatch both classes as long as there are enough.
  case shuffled
  /// The order of the data, as TRL takes it.
  case sequential
}
