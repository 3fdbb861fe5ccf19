/// λ_D (1 − σ(β (r − z0))) for desirable rows and λ_U (1 − σ(β (z0 − r))) for undesirable ones.
///
/// Source: KTO, arXiv:2402.01306, equation 8.
package enum KTO: LossVariant {
  package static let name = "kto"
  package static let summary = "each row held against the reference point z0, as in the paper"
  package static let usesReferencePoint = true

  package static func loss(of row: LossInput) -> RowLoss {
    // 1 − σ(x) = σ(−x), which keeps its digits where σ(x) is nearly 1.
    let missing = sigmoid(-row.beta * row.sign * (row.logRatio - row.referencePoint))
    return RowLoss(
      loss: row.weight * missing, derivative: -row.sign * row.weight * row.beta * missing * (1 - missing))
  }
}
