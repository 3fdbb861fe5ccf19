/// z0 as TRL estimates it: each prompt of the microbatch with another row's completion.
///
/// Source: KTO, arXiv:2402.01306, section 4.2.
package struct MismatchedPairs: ReferencePointEstimator {
  package static let name = "trl"
  package static let summary =
    "estimated from mismatched prompts and completions of the microbatch, as TRL does"
  package static let smallestBatch = 2
  package static let smallestBatchReason = "it pairs each prompt with another row's completion"

  package init(_ configuration: KTOConfiguration) {}
  package init() {}

  package func wantedPairs(in microbatch: Microbatch) -> [RowPair] {
    zip(microbatch.rows, microbatch.partners).map { RowPair(prompt: $0, completion: $1) }
  }

  package func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints {
    ReferencePoints(ReferencePoint(logRatios: pairs))
  }
}
