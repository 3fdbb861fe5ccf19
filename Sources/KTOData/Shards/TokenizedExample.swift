/// An example as the trainer reads it: token ids, cut at the border between prompt and completion.
package struct TokenizedExample: Sendable, Equatable {
  package var id: String
  package var group: String
  /// True is desirable.
  package var label: Bool
  package var promptIDs: [UInt32]
  package var completionIDs: [UInt32]
  /// The row's weight in the loss; nil where the shards have no weights.
  package var weight: Double?

  package init(
    id: String, group: String, label: Bool, promptIDs: [UInt32], completionIDs: [UInt32],
    weight: Double? = nil
  ) {
    self.id = id
    self.group = group
    self.label = label
    self.promptIDs = promptIDs
    self.completionIDs = completionIDs
    self.weight = weight
  }
}
