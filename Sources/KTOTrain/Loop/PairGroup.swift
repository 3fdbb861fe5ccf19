internal import KTOModels

/// A prompt with completions, each of which is known by the rows that it comes from.
struct PairGroup {
  let prompt: [UInt32]
  private(set) var pairs: [RowPair] = []
  private(set) var completions: [[UInt32]] = []

  init(prompt: [UInt32]) { self.prompt = prompt }

  /// Adds a completion, unless it is there.
  mutating func append(_ pair: RowPair, _ completion: [UInt32]) {
    guard !pairs.contains(pair) else { return }
    pairs.append(pair)
    completions.append(completion)
  }

  func filter(_ isWanted: (RowPair) -> Bool) -> PairGroup {
    var group = PairGroup(prompt: prompt)
    for (pair, completion) in zip(pairs, completions) where isWanted(pair) { group.append(pair, completion) }
    return group
  }

  /// As the model scores it.
  var promptGroup: PromptGroup { PromptGroup(prompt: prompt, completions: completions) }
}
