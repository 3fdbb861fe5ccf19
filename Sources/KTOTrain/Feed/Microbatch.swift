/// Rows that are computed together and share their reference points.
package struct Microbatch: Sendable, Equatable {
  /// Indices into the data set.
  package var rows: [Int]
  /// For each row, the row whose completion follows this row's prompt in a mismatched pair.
  package var partners: [Int]
  /// The same, where the pairs are drawn over the whole optimizer step: they do not depend on how it is divided into
  /// microbatches.
  package var stepPartners: [Int]

  /// - Parameter stepPartners: nil takes the microbatch's own.
  package init(rows: [Int], partners: [Int], stepPartners: [Int]? = nil) {
    self.rows = rows
    self.partners = partners
    self.stepPartners = stepPartners ?? partners
  }
}

/// The order in which a run goes through its rows.
package enum RowOrder: String, Sendable, CaseIterable {
  /// A seeded shuffle each epoch that gives each microbatch both classes as long as there are enough.
  case shuffled
  /// The same with rows of about the same length in each microbatch.
  case length
  /// The order of the data, as TRL takes it.
  case sequential
}
