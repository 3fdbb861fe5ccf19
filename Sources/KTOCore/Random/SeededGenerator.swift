/// A seeded generator whose sequence is the same on every machine and in every version of this tool.
///
/// Source: xoshiro256** 1.0 by Blackman and Vigna (public domain), its state filled by SplitMix64.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
  /// The four words of state, so that a checkpoint can hold and give them back.
  package private(set) var state: (UInt64, UInt64, UInt64, UInt64)

  /// A generator for one purpose: seeds with different `stream` words are independent of one another.
  package init(seed: UInt64, stream: UInt64 = 0) {
    var mix = seed ^ (stream &* 0x9E37_79B9_7F4A_7C15)
    func next() -> UInt64 {
      mix &+= 0x9E37_79B9_7F4A_7C15
      var z = mix
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (next(), next(), next(), next())
  }

  /// A generator that goes on from a saved state.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

  package mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotate(state.1 &* 5, 7) &* 9
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotate(state.3, 45)
    return result
  }

  /// A uniform integer below `bound`, without bias (rejection on the high word of a product).
  package mutating func next(below bound: Int) -> Int {
    precondition(bound > 0)
    let limit = UInt64(bound)
    var product = next().multipliedFullWidth(by: limit)
    if product.low < limit {
      let threshold = (0 &- limit) % limit
      while product.low < threshold { product = next().multipliedFullWidth(by: limit) }
    }
    return Int(product.high)
  }

  /// A uniform number in [0, 1) with 53 random bits.
  package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  package static func == (a: SeededGenerator, b: SeededGenerator) -> Bool { a.state == b.state }
}

extension Array {
  /// Fisher–Yates with a named generator: the same seed gives the same order for ever, which the standard
  /// library's `shuffle(using:)` does not promise.
  package func shuffled(by generator: inout SeededGenerator) -> [Element] {
    var copy = self
    var index = copy.count - 1
    while index > 0 {
      copy.swapAt(index, generator.next(below: index + 1))
      index -= 1
    }
    return copy
  }
}
