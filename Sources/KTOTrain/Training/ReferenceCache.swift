/// The reference model's log-probabilities, kept for the length of a run.
///
/// The reference is frozen, so a prompt with a completion is scored once, however often shuffling and passes over the
/// data bring the pair back.
struct ReferenceCache {
  /// Indices into the data set: whose prompt, whose completion.
  struct Pair: Hashable {
    var prompt: Int
    var completion: Int
  }

  private var logProbabilities: [Pair: Double] = [:]

  subscript(pair: Pair) -> Double? {
    get { logProbabilities[pair] }
    set { logProbabilities[pair] = newValue }
  }
}
