internal import KTOCore

extension ConfigReader {
  /// The layers with a window by `layer_types`; where that is absent, those that `standard` names.
  ///
  /// - Throws: `ModelError.unsupported` for layers of another type than full and sliding attention.
  func windowedLayers(
    of plan: ModelPlan, standard: (Int) -> Bool
  ) throws(ModelError) -> Set<Int> {
    guard let types = try texts("layer_types") else {
      return Set((0..<Swift.max(plan.layerCount, 0)).filter(standard))
    }
    guard types.count == plan.layerCount else {
      throw .outOfRange(
        key: path("layer_types"), value: "\(types.count) layers", allowed: "\(plan.layerCount), one for each")
    }
    var layers: Set<Int> = []
    for (layer, type) in types.enumerated() {
      switch type {
      case "full_attention": continue
      case "sliding_attention": layers.insert(layer)
      default: throw .unsupported(key: path("layer_types"), value: excerpt(type))
      }
    }
    return layers
  }

  /// Gives these layers the window, which must then have a size.
  func setWindow(_ size: Int?, on layers: Set<Int>, of plan: inout ModelPlan) throws(ModelError) {
    guard !layers.isEmpty else { return }
    guard let size else {
      throw .outOfRange(
        key: path("sliding_window"), value: "null", allowed: "a size, which layer_types asks for")
    }
    plan.slidingWindow = size
    plan.windowedLayers = layers.count == plan.layerCount ? nil : layers
  }

  /// Qwen's windows: in the layers from `max_window_layers` on, or where `layer_types` says, if a flag allows it.
  func readQwenWindows(into plan: inout ModelPlan) throws(ModelError) {
    let isUsed = try flag("use_sliding_window") ?? false
    // The window is 4096 where the key is absent, and there is none where it is null.
    let size = contains("sliding_window") ? try integer("sliding_window") : 4096
    let window = isUsed ? size : nil
    let first = try integer("max_window_layers") ?? 28
    let layers = try windowedLayers(of: plan) { window != nil && $0 >= first }
    try setWindow(window, on: layers, of: &plan)
  }
}
