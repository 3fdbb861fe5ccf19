internal import KTOKernels

/// The angles of a model's layers, which may be others where a layer has a window.
struct RotaryTables {
  private let plain: RotaryTable
  private let windowed: RotaryTable?

  init(_ plan: ModelPlan, positionCount: Int) {
    plain = RotaryTable(
      inverseFrequencies: plan.inverseFrequencies, positionCount: positionCount,
      scale: Float(plan.rotaryScaling.attentionFactor))
    windowed = plan.windowedInverseFrequencies.map {
      RotaryTable(inverseFrequencies: $0, positionCount: positionCount)
    }
  }

  var positionCount: Int { plain.positionCount }

  subscript(hasWindow hasWindow: Bool) -> RotaryTable { hasWindow ? windowed ?? plain : plain }
}
