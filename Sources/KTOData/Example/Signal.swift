/// One piece of evidence for a label, as the source gave it.
package enum Signal: Sendable, Equatable {
  /// An explicit thumb: a bool label, `kto_tag`, thumbs_up / thumbs_down.
  case field(Bool)
  /// The better (true) or worse (false) side of a pair.
  case pair(Bool)
  /// A side of a pair of which neither is better.
  case tie
  /// A number of votes or a rating; `isAccepted` where the asker chose this answer.
  case score(Double, isAccepted: Bool)
}
