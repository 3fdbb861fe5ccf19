/// z0 from mismatched pairs of all rows of the optimizer step, estimated before its first microbatch.
///
/// The mean of N pairs has a variance of 1/N: what a microbatch of two to eight rows estimates is mostly noise. The pairs
/// depend on the step's rows alone, so the estimate is the same however the step is divided into microbatches, and a
/// microbatch may have one row. Source: KTO, arXiv:2402.01306, section 4.2, with the whole batch for m.
package struct StepWindow: ReferencePointEstimator {
  package static let name = "window"
  package static let summary =
    "estimated from mismatched prompts and completions of the whole optimizer step, in a pass without gradients before it"

  private var point = ReferencePoint.zero

  package init(_ configuration: KTOConfiguration) {}
  package init() {}

  package func wantedPairs(inStep microbatches: [Microbatch]) -> [RowPair] {
    // In an order that does not depend on the microbatches either, so that the sum is the same to the last bit.
    microbatches.flatMap { zip($0.rows, $0.stepPartners) }
      .map { RowPair(prompt: $0.0, completion: $0.1) }
      .sorted { $0.prompt < $1.prompt }
  }

  package mutating func beginStep(pairs: [Double]) { point = ReferencePoint(logRatios: pairs) }

  package func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints { ReferencePoints(point) }
}
