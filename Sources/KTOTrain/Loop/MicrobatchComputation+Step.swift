internal import KTOModels

extension MicrobatchComputation {
  /// What comes before the first microbatch of an optimizer step: the pairs that the estimator wants of the whole step,
  /// scored without gradients and without dropout.
  ///
  /// The reference scores of the rows themselves are found in the same pass, since they share the prompts.
  mutating func begin(_ microbatches: [Microbatch]) throws {
    let wanted = estimator.wantedPairs(inStep: microbatches)
    guard !wanted.isEmpty else { return }
    var (policy, reference): ([PairGroup], [PairGroup]) = ([], [])
    for pair in wanted {
      let prompt = try feed.example(at: pair.prompt)
      let row = try tokens(of: prompt, feed.example(at: pair.completion))
      var group = PairGroup(prompt: row.prompt)
      group.append(pair, row.completion)
      policy.append(group)
      group.append(
        RowPair(prompt: pair.prompt, completion: pair.prompt), try tokens(of: prompt, prompt).completion)
      reference.append(group)
    }
    try scoreReference(reference)
    let scores = try model.score(policy.map(\.promptGroup), adapter: adapter)
    estimator.beginStep(
      pairs: zip(wanted, scores).compactMap { pair, scores in scores.first.flatMap { logRatio($0, pair) } })
  }
}
