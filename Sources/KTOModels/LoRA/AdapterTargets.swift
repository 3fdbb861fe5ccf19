/// The linear layers of a model that an adapter can be put on.
struct AdapterTargets: Sendable {
  struct Target: Sendable {
    /// The tensor's name on the hub, without `.weight`.
    let name: String
    /// Numbers that go in.
    let input: Int
    /// Numbers that come out.
    let output: Int
  }

  private var layers: [[TensorRole: Target]]

  init(_ parts: ModelParts) {
    layers = Array(repeating: [:], count: parts.layers.count)
    for tensor in parts.weights.tensors where tensor.shape.count == 2 {
      guard let layer = tensor.layer else { continue }
      layers[layer][tensor.role] = Target(
        name: String(tensor.name.dropLast(".weight".count)), input: tensor.shape[1], output: tensor.shape[0])
    }
  }

  var layerCount: Int { layers.count }

  /// nil where the model has no such layer.
  subscript(layer: Int, module: LoRAModule) -> Target? { layers[layer][module.role] }
}

extension ModelPlan {
  /// The linear layers that an adapter can be put on, in the order of computation.
  package var adapterModules: [LoRAModule] {
    let roles = Set(tensors.filter { $0.layer == 0 }.map(\.role))
    return LoRAModule.allCases.filter { roles.contains($0.role) }
  }
}
