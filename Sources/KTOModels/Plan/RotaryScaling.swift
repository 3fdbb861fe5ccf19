internal import Glibc

/// How rotary frequencies are stretched for contexts longer than those trained on.
package enum RotaryScaling: Sendable, Equatable {
  case none
  /// Every position is divided by the factor.
  case linear(factor: Double)
  /// Low frequencies are divided by the factor, high ones kept, those between blended.
  case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
  /// Frequencies that turn rarely in a context are divided by a factor, the others kept, those between blended.
  case yarn(YarnScaling)
  /// Each frequency is divided by a factor of its own. Source: LongRoPE, arXiv:2402.13753.
  ///
  /// - Parameter attentionFactor: what cosines and sines are multiplied by.
  case longRope(factors: [Double], attentionFactor: Double)
}

/// The numbers of YaRN. Source: arXiv:2309.00071.
package struct YarnScaling: Sendable, Equatable {
  package var factor: Double
  package var originalPositions: Int
  /// Frequencies that turn this often or more in the original context are kept.
  package var fastRotations = 32.0
  /// Frequencies that turn this often or less are divided by the factor.
  package var slowRotations = 1.0
  /// What cosines and sines are multiplied by.
  package var attentionFactor: Double
  /// The two bounds are rounded to whole pairs, outwards.
  package var roundsBounds = true

  /// What the paper advises for cosines and sines: 0.1 · ln factor + 1.
  static func advisedAttentionFactor(_ factor: Double, scale: Double = 1) -> Double {
    factor <= 1 ? 1 : 0.1 * scale * log(factor) + 1
  }

  /// How much of each pair's frequency is divided by the factor: 0 for none of it.
  fileprivate func blend(dimension: Int, base: Double) -> [Float] {
    func pair(turning rotations: Double) -> Double {
      Double(dimension) * log(Double(originalPositions) / (rotations * 2 * Double.pi)) / (2 * log(base))
    }
    var (low, high) = (pair(turning: fastRotations), pair(turning: slowRotations))
    if roundsBounds { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    low = Swift.max(low, 0)
    high = Swift.min(high, Double(dimension - 1))
    if low == high { high += 0.001 }
    return (0..<dimension / 2).map { index in
      Swift.min(Swift.max((Float(index) - Float(low)) / Float(high - low), 0), 1)
    }
  }
}

extension RotaryScaling {
  /// What cosines and sines are multiplied by.
  var attentionFactor: Double {
    switch self {
    case .none, .linear, .llama3: 1
    case .yarn(let yarn): yarn.attentionFactor
    case .longRope(_, let factor): factor
    }
  }

  /// Rotations a position, in radians, for each pair of numbers among the first `dimension` of a head.
  ///
  /// Every step is taken in the precision in which the reference implementation takes it.
  func inverseFrequencies(base: Double, dimension: Int) -> [Float] {
    let plain = (0..<dimension / 2).map { index in
      1 / Float(pow(base, Double(Float(2 * index) / Float(dimension))))
    }
    switch self {
    case .none: return plain
    case .linear(let factor): return plain.map { $0 / Float(factor) }
    case .llama3(let factor, let low, let high, let positions):
      return plain.map { frequency in
        let plain = Double(frequency)
        let wavelength = 2 * Double.pi / plain
        if wavelength < Double(positions) / high { return frequency }
        if wavelength > Double(positions) / low { return Float(plain / factor) }
        let blend = (Double(positions) / wavelength - low) / (high - low)
        return Float((1 - blend) * plain / factor + blend * plain)
      }
    case .yarn(let yarn):
      return zip(plain, yarn.blend(dimension: dimension, base: base)).enumerated().map { index, pair in
        let power = Float(pow(base, Double(Float(2 * index) / Float(dimension))))
        return 1 / (Float(yarn.factor) * power) * pair.1 + pair.0 * (1 - pair.1)
      }
    case .longRope(let factors, _):
      return factors.enumerated().map { index, factor in
        1 / (Float(factor) * Float(pow(base, Double(Float(2 * index) / Float(dimension)))))
      }
    }
  }

  /// - Parameter pairs: of a head, that are rotated.
  func check(pairs: Int) throws(ModelError) {
    switch self {
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
    case .yarn(let yarn):
      let (fast, slow) = (yarn.fastRotations, yarn.slowRotations)
      guard yarn.factor >= 1, yarn.factor.isFinite, slow > 0, fast >= slow, fast.isFinite,
        yarn.originalPositions > 0, yarn.attentionFactor > 0, yarn.attentionFactor.isFinite
      else {
        throw .outOfRange(
          key: "rope_scaling",
          value: "factor \(yarn.factor), beta_fast \(fast), beta_slow \(slow), original"
            + " \(yarn.originalPositions), attention_factor \(yarn.attentionFactor)",
          allowed: "factor of 1 or more, 0 < beta_slow ≤ beta_fast, original and attention_factor above 0")
      }
    case .longRope(let factors, let attentionFactor):
      guard factors.count == pairs else {
        throw .outOfRange(
          key: "rope_scaling.short_factor", value: "\(factors.count) numbers", allowed: "\(pairs) of them")
      }
      guard factors.allSatisfy({ $0 > 0 && $0.isFinite }), attentionFactor > 0, attentionFactor.isFinite
      else {
        throw .outOfRange(
          key: "rope_scaling", value: "a factor that is not above 0", allowed: "numbers above 0")
      }
    }
  }
}

extension ModelPlan {
  /// Numbers of each head that are rotated, from its first on.
  package var rotatedDimension: Int { rotaryDimension ?? headDimension }

  /// Rotations a position, in radians, for each pair of a head's numbers that are rotated.
  package var inverseFrequencies: [Float] {
    rotaryScaling.inverseFrequencies(base: rotaryBase, dimension: rotatedDimension)
  }

  /// The same in the layers with a window, where these have a base of their own.
  package var windowedInverseFrequencies: [Float]? {
    windowedRotaryBase.map { RotaryScaling.none.inverseFrequencies(base: $0, dimension: rotatedDimension) }
  }

  func checkRotary() throws(ModelError) {
    for (key, base) in [("rope_theta", rotaryBase), ("rope_local_base_freq", windowedRotaryBase ?? 1)] {
      guard base >= 1, base.isFinite else {
        throw .outOfRange(key: key, value: "\(base)", allowed: "1 or more")
      }
    }
    guard rotatedDimension >= 2, rotatedDimension % 2 == 0, rotatedDimension <= headDimension else {
      throw .outOfRange(
        key: "partial_rotary_factor", value: "\(rotatedDimension) of \(headDimension) numbers of a head",
        allowed: "an even number of them")
    }
    if rotaryBase == 1, case .yarn = rotaryScaling {
      throw .outOfRange(key: "rope_theta", value: "1", allowed: "above 1 with yarn")
    }
    try rotaryScaling.check(pairs: rotatedDimension / 2)
  }
}
