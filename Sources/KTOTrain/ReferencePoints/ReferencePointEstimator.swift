/// How a microbatch gets the reference points z0 of its loss: an estimate of KL(π ‖ π_ref).
///
/// A member is one file that holds all that is true of it, and one line in `referencePointEstimators`. A value type: a
/// copy is used for validation (`forValidation()`), and what it learns there is thrown away.
package protocol ReferencePointEstimator: Sendable {
  /// What `kto.kl_estimator` calls it.
  static var name: String { get }
  /// How it gets z0, in a phrase for the configuration's documentation.
  static var summary: String { get }
  /// The fewest rows a microbatch must have for it.
  static var smallestBatch: Int { get }
  /// Why it needs `smallestBatch` rows, for the message to a user whose batch is smaller.
  static var smallestBatchReason: String { get }

  init(_ configuration: KTOConfiguration)

  /// What it keeps from microbatch to microbatch; checkpoints store it.
  var state: [Double] { get set }

  /// The copy that a validation uses. One that keeps something from batch to batch gives what training has so far.
  func forValidation() -> Self

  /// The pairs to score before an optimizer step begins, in a pass of their own without gradients.
  func wantedPairs(inStep microbatches: [Microbatch]) -> [RowPair]

  /// Takes log π − log π_ref of each of those pairs, in their order, nats, before the step's first microbatch. It is not
  /// called where there are none.
  mutating func beginStep(pairs: [Double])

  /// The pairs of prompt and completion to score beside the rows themselves. Each prompt is one of the microbatch's.
  func wantedPairs(in microbatch: Microbatch) -> [RowPair]

  /// The points that the desirable and the undesirable rows are held against.
  /// - Parameters:
  ///   - rows: the scored rows of the microbatch, in its order.
  ///   - pairs: log π − log π_ref of each wanted pair, in their order, nats.
  mutating func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints

  /// The loss of the microbatch. Only an estimator that replaces the loss of some batches has one of its own.
  mutating func loss(of rows: [KTORow], pairs: [Double], by loss: KTOLoss) -> BatchLoss
}

extension ReferencePointEstimator {
  package static var smallestBatch: Int { 1 }
  package static var smallestBatchReason: String { "" }

  package var state: [Double] {
    get { [] }
    set {}
  }

  package func forValidation() -> Self { self }
  package func wantedPairs(inStep microbatches: [Microbatch]) -> [RowPair] { [] }
  package mutating func beginStep(pairs: [Double]) {}
  package func wantedPairs(in microbatch: Microbatch) -> [RowPair] { [] }

  package mutating func loss(of rows: [KTORow], pairs: [Double], by loss: KTOLoss) -> BatchLoss {
    loss.batch(rows, points(for: rows, pairs: pairs))
  }
}

/// A prompt and a completion that need not be of one row: indices into the data set.
package struct RowPair: Hashable, Sendable {
  /// The row whose prompt it is.
  package var prompt: Int
  /// The row whose completion it is.
  package var completion: Int

  package init(prompt: Int, completion: Int) {
    self.prompt = prompt
    self.completion = completion
  }
}

/// What the two classes of a microbatch are held against.
package struct ReferencePoints: Sendable, Equatable {
  package var desirable: ReferencePoint
  package var undesirable: ReferencePoint
  /// What the batch did for want of an estimate; nil where there was one.
  package var fallback: Fallback?

  package init(desirable: ReferencePoint, undesirable: ReferencePoint, fallback: Fallback? = nil) {
    self.desirable = desirable
    self.undesirable = undesirable
    self.fallback = fallback
  }

  /// One point for both classes.
  package init(_ point: ReferencePoint) { self.init(desirable: point, undesirable: point) }

  package func point(isDesirable: Bool) -> ReferencePoint { isDesirable ? desirable : undesirable }
}

/// What an estimator does with a microbatch that does not let it estimate, in words for a warning.
package struct Fallback: Sendable, Hashable, Comparable {
  /// What is special about the batch, as in `one class only`.
  package var content: String
  /// What the batch did, in the past tense.
  package var action: String

  package init(batchHolds content: String, it action: String) {
    self.content = content
    self.action = action
  }

  package static func < (a: Fallback, b: Fallback) -> Bool { (a.action, a.content) < (b.action, b.content) }

  /// The warning when it happens for the first time.
  var firstWarning: String { "a microbatch holds \(content); it \(action)" }

  /// The warning at the end of a run.
  func lastWarning(count: Int) -> String {
    "in all, \(count) microbatches held \(content); each \(action)"
  }
}
