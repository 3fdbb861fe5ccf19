package import KTOCore

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
  /// A rank among the answers to one question, from 0, the best; and the last of them.
  case rank(Int, last: Int)
  /// A verdict in words, where rules say what it means.
  case word(String)
  /// The value of a field that a rule asks for, with the steps to it; without steps, a value in a format's own field of a
  /// verdict that is neither a thumb, a word nor a number of votes.
  case value(JSONValue, at: [String])
}
