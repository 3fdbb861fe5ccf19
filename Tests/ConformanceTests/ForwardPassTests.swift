import KTOCore
import KTOKernels
import Testing

@testable import KTOModels

extension Conformance {
  /// The truth: `dump_logits.py`, by transformers in float32.
  struct ForwardPass {
    @Test func `logits are those of transformers within a thousandth`() throws {
      let model = try Oracles.model
      let sequences = try #require(try Oracles.json("smollm2_logits/logprobs.json")["sequences"]?.array)
      var compared = 0
      for sequence in sequences {
        guard let file = sequence["logits_file"]?.string else { continue }
        let theirs = try Oracles.array("smollm2_logits/" + file)
        let prompt = try #require(sequence["prompt_ids"]).tokens
        let completion = try #require(sequence["completion_ids"]).tokens
        let ours = try model.logits(prompt + completion, adapter: nil)
        try #require(ours.rows == theirs.rows && ours.columns == theirs.columns)
        // A NaN is in no comparison the greater, so it is looked for by itself.
        try #require(ours.isFinite)
        let greatest = zip(ours.array, theirs.array).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        Oracles.report(
          "greatest difference of a logit, \(ours.rows) × \(ours.columns) of \(file): \(greatest)")
        #expect(greatest <= 1e-3)
        compared += 1
      }
      #expect(compared >= 2)
    }

    @Test func `log-probabilities of completions are those of transformers within a ten-thousandth`() throws {
      let sequences = try #require(try Oracles.json("smollm2_logits/logprobs.json")["sequences"]?.array)
      let groups = sequences.map {
        PromptGroup(prompt: $0["prompt_ids"]?.tokens ?? [], completions: [$0["completion_ids"]?.tokens ?? []])
      }
      let scores = try Oracles.model.score(groups, adapter: nil)
      var worst = 0.0
      var worstToken = 0.0
      for (score, sequence) in zip(scores, sequences) {
        let theirs = try #require(sequence["logprob"]?.double)
        let relative = abs(score[0].logProbability - theirs) / abs(theirs)
        #expect(relative <= 1e-4, "\(score[0].logProbability), transformers \(theirs)")
        worst = max(worst, relative)
        let tokens = try #require(sequence["token_logprobs"]?.array).compactMap(\.double)
        for (ours, theirs) in zip(score[0].tokenLogProbabilities, tokens) {
          worstToken = max(worstToken, abs(Double(ours) - theirs))
        }
      }
      Oracles.report(
        "greatest relative difference of a log-probability, \(scores.count) sequences: \(worst); "
          + "greatest difference of a token's: \(worstToken)")
    }
  }
}
