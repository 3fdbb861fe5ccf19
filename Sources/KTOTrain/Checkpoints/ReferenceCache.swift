/// The reference model's log-probabilities, kept for the length of a run.
///
/// The reference is frozen, so a prompt with a completion is scored once, however often shuffling and passes over the
/// data bring the pair back.
/// Checkpoints keep it too, so that a resumed run holds the very numbers of an uninterrupted one.
struct ReferenceCache {
  private var logProbabilities: [RowPair: Double] = [:]

  /// Every pair with its log-probability in nats, ordered by prompt and completion.
  var entries: [(pair: RowPair, logProbability: Double)] {
    logProbabilities.map { ($0.key, $0.value) }.sorted {
      ($0.0.prompt, $0.0.completion) < ($1.0.prompt, $1.0.completion)
    }
  }

  /// log π_ref of each completion token of a pair, nats. Kept only for losses that hold them between limits.
  var tokens: [RowPair: [Float]] = [:]

  subscript(pair: RowPair) -> Double? {
    get { logProbabilities[pair] }
    set { logProbabilities[pair] = newValue }
  }
}
