package import KTOData

/// The loss of a run: a variant with its numbers.
package struct KTOLoss: Sendable {
  package var variant: any LossVariant.Type
  package var beta: Double
  /// λ_D.
  package var desirableWeight: Double
  /// λ_U.
  package var undesirableWeight: Double
  /// Weight of the mean negative log-likelihood of a desirable row's completion token, added to the row's loss.
  package var sftWeight: Double
  /// Between which a token's log-ratio is held, nats; nil for no limits.
  package var tokenLimits: ClosedRange<Double>?

  package init(
    variant: any LossVariant.Type = KTO.self, beta: Double = 0.1, desirableWeight: Double = 1,
    undesirableWeight: Double = 1, sftWeight: Double = 0, tokenLimits: ClosedRange<Double>? = nil
  ) {
    self.sftWeight = sftWeight
    self.tokenLimits = tokenLimits
    self.variant = variant
    self.beta = beta
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
  }

  /// The same loss with weights that the classes' rows and their own weights call for.
  /// - Returns: nil where a class is absent.
  package func balanced(for masses: ClassMasses) -> KTOLoss? {
    guard let weights = masses.balancingWeights else { return nil }
    var loss = self
    (loss.desirableWeight, loss.undesirableWeight) = weights
    return loss
  }

  /// What estimates the reference point: the variant's own estimator, none where it needs none, else the chosen one.
  package func estimator(_ chosen: any ReferencePointEstimator) -> any ReferencePointEstimator {
    variant.usesReferencePoint ? variant.ownEstimator ?? chosen : NoReferencePoint()
  }

  /// The loss of one row and its derivative with respect to the log-ratio, neither divided by a row count.
  /// - Parameters:
  ///   - referencePoint: z0 in nats, held constant.
  ///   - weight: the row's own, without λ.
  package func row(
    logRatio: Double, isDesirable: Bool, referencePoint: Double, weight: Double = 1
  ) -> RowLoss {
    variant.loss(
      of: LossInput(
        logRatio: logRatio, isDesirable: isDesirable, referencePoint: referencePoint, beta: beta,
        weight: weight * (isDesirable ? desirableWeight : undesirableWeight)))
  }

  /// The loss of a batch, each class held against its point: the mean of the weighted row losses, as TRL computes it,
  /// the SFT term of desirable rows among them.
  package func batch(_ rows: [KTORow], _ points: ReferencePoints) -> BatchLoss {
    let results = rows.map { row in
      self.row(
        logRatio: row.logRatio, isDesirable: row.isDesirable,
        referencePoint: points.point(isDesirable: row.isDesirable).value, weight: row.weight)
    }
    let count = Double(max(rows.count, 1))
    let sft = rows.map { row in
      row.isDesirable ? sftWeight * row.weight / Double(max(row.completionTokenCount, 1)) / count : 0
    }
    let sftLoss = zip(sft, rows).reduce(0) { $0 - ($1.0 == 0 ? 0 : $1.0 * $1.1.policyLogProbability) }
    return BatchLoss(
      loss: results.reduce(0) { $0 + $1.loss } / count + sftLoss,
      coefficients: results.map { $0.derivative / count },
      directCoefficients: sftWeight == 0 ? [] : sft.map { -$0 },
      points: points, rewards: rows.map { beta * $0.logRatio })
  }
}
