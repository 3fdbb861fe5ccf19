internal import Glibc

/// How rotary frequencies are stretched for contexts longer than those trained on.
package enum RotaryScaling: Sendable, Equatable {
  case none
  /// Every position is divided by the factor.
  case linear(factor: Double)
  /// Low frequencies are divided by the factor, high ones kept, those between blended.
  case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
}

extension ModelPlan {
  /// Rotations a position, in radians, for each pair of a head's numbers.
  package var inverseFrequencies: [Float] {
    (0..<headDimension / 2).map { index in
      let exponent = Float(2 * index) / Float(headDimension)
      let plain = Double(1 / Float(pow(rotaryBase, Double(exponent))))
      switch rotaryScaling {
      case .none: return Float(plain)
      case .linear(let factor): return Float(plain) / Float(factor)
      case .llama3(let factor, let low, let high, let positions):
        let wavelength = 2 * Double.pi / plain
        if wavelength < Double(positions) / high { return Float(plain) }
        if wavelength > Double(positions) / low { return Float(plain / factor) }
        let blend = (Double(positions) / wavelength - low) / (high - low)
        return Float((1 - blend) * plain / factor + blend * plain)
      }
    }
  }

  func checkRotary() throws(ModelError) {
    guard rotaryBase >= 1, rotaryBase.isFinite else {
      throw .outOfRange(key: "rope_theta", value: "\(rotaryBase)", allowed: "1 or more")
    }
    switch rotaryScaling {
    case .none: return
    case .linear(let factor):
      guard factor >= 1, factor.isFinite else {
        throw .outOfRange(key: "rope_scaling.factor", value: "\(factor)", allowed: "1 or more")
      }
    case .llama3(let factor, let low, let high, let positions):
      guard factor >= 1, factor.isFinite, low > 0, high > low, high.isFinite, positions > 0 else {
        throw .outOfRange(
          key: "rope_scaling", value: "factor \(factor), low \(low), high \(high), original \(positions)",
          allowed: "factor of 1 or more, 0 < low < high, original above 0")
      }
    }
  }
}
