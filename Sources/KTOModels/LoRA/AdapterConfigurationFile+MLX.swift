internal import KTOCore

extension AdapterConfigurationFile {
  /// What mlx-lm writes. Its scale is that of the update, without a division by the rank.
  /// - Throws: `AdapterError`.
  init(mlx root: JSONNode, path: String) throws(AdapterError) {
    let type = root["fine_tune_type"]?.string ?? ""
    guard type == "lora" else {
      throw .unsupported(path: path, key: "fine_tune_type", value: excerpt(type))
    }
    func invalid(_ key: String, _ expected: String) -> AdapterError {
      .invalidKey(path: path, key: key, expected: expected)
    }
    let parameters = root["lora_parameters"]
    guard let rank = parameters?["rank"]?.int, rank > 0 else {
      throw invalid("lora_parameters.rank", "a whole number above 0")
    }
    guard let scale = parameters?["scale"]?.double else { throw invalid("lora_parameters.scale", "a number") }
    var targets = Targets.expression(LoRAModule.all)
    if let node = parameters?["keys"], !node.isNull {
      let names = node.array?.compactMap(\.string) ?? []
      guard !names.isEmpty, names.count == node.array?.count else {
        throw invalid("lora_parameters.keys", "a list of names")
      }
      targets = .names(names)
    }
    self.init(
      path: path, targets: targets,
      numbers: AdapterShape(
        rank: rank, alpha: scale * Double(rank), dropout: parameters?["dropout"]?.double ?? 0, targets: []),
      lastLayerCount: root["num_layers"]?.int,
      base: AdapterBase(name: root["model"]?.string, commit: nil))
  }
}
