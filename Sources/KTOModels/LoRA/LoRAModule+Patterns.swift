internal import KTOCore

extension LoRAModule {
  /// What stands for every linear layer but the head.
  package static let all = "all-linear"

  /// The modules that names and patterns choose among a model's linear layers.
  ///
  /// `q_proj`, `self_attn.q_proj` and a full name choose by the end of a layer's name; `*` stands for any characters and
  /// `?` for one, as in `*_proj` or `mlp.*`.
  /// - Throws: `LoRAAdapter.Failure.missingModule` for one that chooses nothing.
  package static func chosen(
    by patterns: [String], in model: ModelPlan
  ) throws(LoRAAdapter.Failure) -> [LoRAModule] {
    let targets = AdapterTargets(ModelParts(model))
    var chosen: Set<LoRAModule> = []
    for pattern in patterns {
      let found = allCases.filter { module in
        (0..<targets.layerCount).contains { layer in
          guard let name = targets[layer, module]?.name else { return false }
          return pattern == all || isEnd(pattern, of: name)
        }
      }
      if found.isEmpty { throw .missingModule(pattern, available: model.adapterModules.map(\.rawValue)) }
      chosen.formUnion(found)
    }
    return chosen.sorted()
  }

  /// The modules and layers whose full names, such as `model.layers.0.self_attn.q_proj`, are wanted.
  /// - Returns: nil where other modules are wanted in one layer than in another, or none.
  static func chosen(
    in model: ModelPlan, where isWanted: (String) -> Bool
  ) -> (modules: [LoRAModule], layers: [Int]?)? {
    let targets = AdapterTargets(ModelParts(model))
    let byLayer = (0..<targets.layerCount).map { layer in
      allCases.filter { module in
        guard let name = targets[layer, module]?.name else { return false }
        return isWanted(name)
      }
    }
    let layers = byLayer.indices.filter { !byLayer[$0].isEmpty }
    guard let first = layers.first, layers.allSatisfy({ byLayer[$0] == byLayer[first] }) else { return nil }
    return (byLayer[first], layers.count == byLayer.count ? nil : layers)
  }

  /// Whether a pattern matches the last parts of a name, as many as it has itself.
  private static func isEnd(_ pattern: String, of name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let count = pattern.split(separator: ".", omittingEmptySubsequences: false).count
    guard count <= parts.count else { return false }
    return matches(Array(pattern.utf8), Array(parts.suffix(count).joined(separator: ".").utf8))
  }

  /// - Complexity: O(pattern × text): only the last `*` is ever tried again.
  private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var (next, index) = (0, 0)
    var star: (next: Int, index: Int)?
    while index < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        star = (next, index)
        next += 1
      } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") || pattern[next] == text[index] {
        next += 1
        index += 1
      } else if let last = star {
        star = (last.next, last.index + 1)
        (next, index) = (last.next + 1, last.index + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
