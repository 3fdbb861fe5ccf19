/// The loss of a run: a variant with its numbers.
package struct KTOLoss: Sendable {
  package var variant: any LossVariant.Type
  package var beta: Double
  /// λ_D.
  package var desirableWeight: Double
  /// λ_U.
  package var undesirableWeight: Double

  package init(
    variant: any LossVariant.Type = KTO.self, beta: Double = 0.1, desirableWeight: Double = 1,
    undesirableWeight: Double = 1
  ) {
    self.variant = variant
    self.beta = beta
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
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

  /// The loss of a batch, each class held against its point: the mean of the weighted row losses, as TRL computes it.
  package func batch(_ rows: [KTORow], _ points: ReferencePoints) -> BatchLoss {
    let results = rows.map { row in
      self.row(
        logRatio: row.logRatio, isDesirable: row.isDesirable,
        referencePoint: points.point(isDesirable: row.isDesirable).value, weight: row.weight)
    }
    let count = Double(max(rows.count, 1))
    return BatchLoss(
      loss: results.reduce(0) { $0 + $1.loss } / count,
      coefficients: results.map { $0.derivative / count }, points: points,
      rewards: rows.map { beta * $0.logRatio })
  }
}
