internal import KTOModels

/// How much there is to compute in the steps of a run, in multiply-adds of the model's weights: enough to tell how long a step
/// takes from how long another one took.
///
/// Knows what is computed once alone: a pair that the reference has scored is not scored again.
struct WorkEstimate {
  private let feed: TrainingFeed
  private let estimator: any ReferencePointEstimator
  private let maxLength: Int
  private let isCheckpointed: Bool
  /// Multiply-adds of a token in the layers, of a scored token in the head, and of a token for each that it looks back at.
  private let layerWork: Double
  private let headWork: Double
  private let attentionWork: Double
  private var known: Set<RowPair> = []

  init(_ computation: MicrobatchComputation) {
    feed = computation.feed
    estimator = computation.estimator
    maxLength = computation.maxLength
    isCheckpointed = computation.isCheckpointed
    let plan = computation.model.plan
    headWork = Double(plan.vocabularySize * plan.hiddenSize)
    layerWork = Double(plan.parameterCount) - headWork * (plan.isHeadTied ? 1 : 2)
    // Scores and sums of values; kernels of attention run at about half the rate of products.
    attentionWork = 4 * Double(plan.queryWidth * plan.layerCount)
  }

  /// The work of an optimizer step that follows those that were asked for before.
  mutating func training(_ microbatches: [Microbatch]) -> Double {
    var work = pairs(estimator.wantedPairs(inStep: microbatches), sharesPrompt: false)
    for microbatch in microbatches {
      for row in microbatch.rows {
        let lengths = lengths(row, row)
        let pass = forward(lengths.completion, after: lengths.prompt, sharesPrompt: false)
        // The backward pass has the products of the forward pass once more, since the weights have no gradient.
        work += pass * (isCheckpointed ? 3 : 2)
        work += reference(RowPair(prompt: row, completion: row), sharesPrompt: false)
      }
      work += pairs(estimator.wantedPairs(in: microbatch), sharesPrompt: true)
    }
    return work
  }

  /// The work of measuring some rows without gradients.
  mutating func validation(_ microbatches: [Microbatch]) -> Double {
    let frozen = estimator.forValidation()
    var work = pairs(frozen.wantedPairs(inStep: microbatches), sharesPrompt: false)
    for microbatch in microbatches {
      for row in microbatch.rows {
        let lengths = lengths(row, row)
        work += forward(lengths.completion, after: lengths.prompt, sharesPrompt: false)
        work += reference(RowPair(prompt: row, completion: row), sharesPrompt: false)
      }
      work += pairs(frozen.wantedPairs(in: microbatch), sharesPrompt: true)
    }
    return work
  }

  /// Policy and reference scores of mismatched pairs; the reference's prompts are those of the rows.
  private mutating func pairs(_ pairs: [RowPair], sharesPrompt: Bool) -> Double {
    var work = 0.0
    for pair in pairs {
      let lengths = lengths(pair.prompt, pair.completion)
      work += forward(lengths.completion, after: lengths.prompt, sharesPrompt: sharesPrompt)
      work += reference(pair, sharesPrompt: true)
    }
    return work
  }

  private mutating func reference(_ pair: RowPair, sharesPrompt: Bool) -> Double {
    guard known.insert(pair).inserted else { return 0 }
    let lengths = lengths(pair.prompt, pair.completion)
    return forward(lengths.completion, after: lengths.prompt, sharesPrompt: sharesPrompt)
  }

  private func forward(_ completion: Int, after prompt: Int, sharesPrompt: Bool) -> Double {
    let (tokens, all) = (Double(sharesPrompt ? completion : prompt + completion), Double(prompt + completion))
    return tokens * (layerWork + attentionWork * all / 2) + Double(completion) * headWork
  }

  private func lengths(_ prompt: Int, _ completion: Int) -> (prompt: Int, completion: Int) {
    let length = feed.rows[prompt].promptLength
    return (length, min(feed.rows[completion].completionLength, max(0, maxLength - length)))
  }
}
