package import KTOKernels
package import KTOModels

/// AdamW over an adapter's parameters, with gradient clipping by the global norm.
package struct AdamWOptimizer {
  package var numbers: AdamWParameters
  /// Gradients of a larger norm are scaled down to it; nil for no clipping.
  package var maximumNorm: Double?
  /// Steps taken.
  package private(set) var stepCount = 0
  /// Running means of the gradient and of its square.
  package let firstMoment: ParameterSet
  package let secondMoment: ParameterSet

  package init(_ layout: ParameterLayout, _ numbers: AdamWParameters = .init(), maximumNorm: Double? = 1) {
    self.numbers = numbers
    self.maximumNorm = maximumNorm
    firstMoment = ParameterSet(layout)
    secondMoment = ParameterSet(layout)
  }

  /// Goes on from saved moments.
  package init(
    firstMoment: ParameterSet, secondMoment: ParameterSet, stepCount: Int,
    _ numbers: AdamWParameters = .init(), maximumNorm: Double? = 1
  ) {
    precondition(firstMoment.layout == secondMoment.layout && stepCount >= 0, "moments")
    self.numbers = numbers
    self.maximumNorm = maximumNorm
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.stepCount = stepCount
  }

  /// The learning rate of B over that of A. Source: LoRA+, arXiv:2402.12354.
  package var plusRatio = 1.0

  /// One step in place. The gradients are left as they are.
  ///
  /// Clipping multiplies by min(1, maximumNorm / (norm + 1e-6)), as PyTorch's `clip_grad_norm_`.
  /// - Returns: the gradients' norm before clipping. If it is not finite nothing is changed.
  package mutating func step(
    _ parameters: ParameterSet, gradients: ParameterSet, learningRate: Double, context: ComputeContext
  ) -> Double {
    precondition(parameters.layout == firstMoment.layout && gradients.layout == firstMoment.layout, "layouts")
    let norm = context.norm(gradients.values)
    guard norm.isFinite else { return norm }
    stepCount += 1
    let clip = maximumNorm.map { Swift.min(1, $0 / (norm + 1e-6)) } ?? 1
    guard plusRatio != 1 else {
      context.adamW(
        parameters: parameters.values, gradient: gradients.values, firstMoment: firstMoment.values,
        secondMoment: secondMoment.values, step: stepCount, learningRate: learningRate,
        gradientScale: Float(clip), numbers)
      return norm
    }
    for tensor in parameters.layout.tensors {
      context.adamW(
        parameters: parameters.matrix(tensor), gradient: gradients.matrix(tensor),
        firstMoment: firstMoment.matrix(tensor), secondMoment: secondMoment.matrix(tensor),
        step: stepCount, learningRate: tensor.isB ? learningRate * plusRatio : learningRate,
        gradientScale: Float(clip), numbers)
    }
    return norm
  }
}
