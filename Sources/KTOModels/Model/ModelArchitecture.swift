internal import Glibc

/// How rotary frequencies are stretched for contexts longer than those trained on.
package enum RotaryScaling: Sendable, Equatable {
  case none
  /// Every position is divided by the factor.
  case linear(factor: Double)
  /// Low frequencies are divided by the factor, high ones kept, those between blended.
  case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
}

/// The sizes and constants of a Llama or Mistral model, as its `config.json` gives them.
package struct ModelArchitecture: Sendable, Equatable {
  package var modelType = "llama"
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var keyHeadCount: Int
  package var headDimension: Int
  package var intermediateSize: Int
  package var vocabularySize: Int
  package var normEpsilon: Double = 1e-5
  package var rotaryBase: Double = 10_000
  package var rotaryScaling = RotaryScaling.none
  package var isHeadTied = false
  package var slidingWindow: Int?
  package var maximumPositions: Int = 2048
  /// Token ids that end a text.
  package var endTokens: [UInt32] = []

  package init(
    hiddenSize: Int, layerCount: Int, headCount: Int, keyHeadCount: Int, headDimension: Int? = nil,
    intermediateSize: Int, vocabularySize: Int
  ) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyHeadCount = keyHeadCount
    self.headDimension = headDimension ?? hiddenSize / Swift.max(headCount, 1)
    self.intermediateSize = intermediateSize
    self.vocabularySize = vocabularySize
  }

  /// Width of all query heads together.
  package var queryWidth: Int { headCount * headDimension }
  /// Width of all key heads together.
  package var keyWidth: Int { keyHeadCount * headDimension }
  /// Width of queries, keys and values together.
  package var attentionWidth: Int { queryWidth + 2 * keyWidth }

  /// Floats of all weights. Cannot overflow once ``check()`` has passed.
  package var parameterCount: Int {
    let layer =
      2 * hiddenSize + attentionWidth * hiddenSize + hiddenSize * queryWidth + 3 * hiddenSize
      * intermediateSize
    return layerCount * layer + hiddenSize + vocabularySize * hiddenSize * (isHeadTied ? 1 : 2)
  }

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

  /// Refuses sizes that cannot be, before anything is allocated by them.
  package func check() throws(ModelError) {
    func range(_ key: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(ModelError) {
      guard allowed.contains(value) else {
        throw .outOfRange(key: key, value: "\(value)", allowed: "\(allowed.lowerBound)…\(allowed.upperBound)")
      }
    }
    try range("hidden_size", hiddenSize, 1...(1 << 16))
    try range("num_hidden_layers", layerCount, 1...1024)
    try range("num_attention_heads", headCount, 1...1024)
    try range("num_key_value_heads", keyHeadCount, 1...headCount)
    try range("head_dim", headDimension, 2...1024)
    try range("intermediate_size", intermediateSize, 1...(1 << 18))
    try range("vocab_size", vocabularySize, 1...(1 << 22))
    try range("max_position_embeddings", maximumPositions, 1...(1 << 24))
    if let slidingWindow { try range("sliding_window", slidingWindow, 1...(1 << 24)) }
    guard headDimension % 2 == 0 else {
      throw .outOfRange(key: "head_dim", value: "\(headDimension)", allowed: "an even number")
    }
    guard headCount % keyHeadCount == 0 else {
      throw .outOfRange(
        key: "num_key_value_heads", value: "\(keyHeadCount)", allowed: "a divisor of num_attention_heads")
    }
    guard normEpsilon > 0, normEpsilon < 1 else {
      throw .outOfRange(key: "rms_norm_eps", value: "\(normEpsilon)", allowed: "above 0, below 1")
    }
    guard rotaryBase >= 1, rotaryBase.isFinite else {
      throw .outOfRange(key: "rope_theta", value: "\(rotaryBase)", allowed: "1 or more")
    }
    try checkScaling()
  }

  private func checkScaling() throws(ModelError) {
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
