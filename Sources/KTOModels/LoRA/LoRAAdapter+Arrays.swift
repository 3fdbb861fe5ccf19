extension LoRAAdapter {
  /// An adapter whose tensors are arrays of an npz archive.
  /// - Parameters:
  ///   - path: the archive.
  ///   - prefix: what stands before PEFT's names in it; arrays without it are something else.
  /// - Throws: `AdapterError`, `Failure`, `TensorFileError`, `FileError`.
  package init(
    _ shape: AdapterShape, for model: ModelPlan, arrays path: String, prefix: String = ""
  ) throws {
    let file = try NPZReader(path: path)
    try self.init(shape, for: model) { name in
      guard file.contains(prefix + name) else { return nil }
      let array = try file.read(prefix + name)
      return array.float32.map { (array.shape, $0) }
    }
    let names = file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    try requireEvery(names, of: path)
  }

  /// Refuses tensors that the adapter has no place for.
  /// - Throws: `AdapterError.unknownTensor`.
  func requireEvery(_ names: [String], of path: String) throws(AdapterError) {
    let known = Set(parameters.layout.tensors.map(\.name))
    if let extra = names.first(where: { !known.contains($0) }) {
      throw .unknownTensor(path: path, name: extra)
    }
  }
}
