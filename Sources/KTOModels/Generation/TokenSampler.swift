internal import Glibc
package import KTOCore

/// How the next token is chosen.
package struct TokenSampler: Sendable, Equatable {
  /// 0 takes the most probable token.
  package var temperature: Double
  /// The smallest set of most probable tokens whose probabilities reach this sum is drawn from.
  package var topP: Double

  package init(temperature: Double = 0, topP: Double = 1) {
    self.temperature = temperature
    self.topP = topP
  }

  /// The most probable token, the first of equals.
  package static let greedy = TokenSampler()

  /// Chooses a token by its logits. O(V log V) at worst.
  package func choose(_ logits: [Float], using generator: inout SeededGenerator) -> Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    guard temperature > 0, !logits.isEmpty else { return best }
    let top = Double(logits[best])
    var candidates: [(token: Int, weight: Double)] = []
    for (token, logit) in logits.enumerated() {
      let weight = exp((Double(logit) - top) / temperature)
      // What is 10⁻¹² times less likely than the best cannot be told from never.
      if weight > 1e-12 { candidates.append((token, weight)) }
    }
    if topP < 1 {
      candidates.sort { $0.weight > $1.weight || ($0.weight == $1.weight && $0.token < $1.token) }
      let wanted = topP * candidates.reduce(0) { $0 + $1.weight }
      var sum = 0.0
      let count = candidates.firstIndex { candidate in
        sum += candidate.weight
        return sum >= wanted
      }
      if let count { candidates.removeSubrange((count + 1)...) }
    }
    var left = generator.nextUnit() * candidates.reduce(0) { $0 + $1.weight }
    for candidate in candidates {
      left -= candidate.weight
      if left < 0 { return candidate.token }
    }
    return candidates.last?.token ?? best
  }
}
