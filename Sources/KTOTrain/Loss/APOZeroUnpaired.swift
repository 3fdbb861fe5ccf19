/// λ_D (1 − σ(β r)) for desirable rows and λ_U σ(β r) for undesirable ones: what `kto` is wherever z0 is 0.
///
/// Source: APO, arXiv:2408.06266; TRL's `apo_zero_unpaired`.
package enum APOZeroUnpaired: LossVariant {
  package static let name = "apo_zero_unpaired"
  package static let summary = "without a reference point (APO, arXiv:2408.06266)"
  package static let usesReferencePoint = false

  package static func loss(of row: LossInput) -> RowLoss {
    var row = row
    row.referencePoint = 0
    return KTO.loss(of: row)
  }
}
