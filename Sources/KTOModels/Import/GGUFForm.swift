internal import KTOCore

/// How GGUF files carry an architecture.
package struct GGUFForm: Sendable {
  /// `general.architecture`, with which the keys of its metadata begin.
  package var name: String
  /// The class of transformers, for `architectures` in config.json.
  package var modelClass: String
  /// Two architectures that share a name are told apart by the window in the metadata.
  var hasSlidingWindow = false
  /// llama.cpp's converter put the two halves of each rotated head in turns, a row of one after a row of the other.
  var interleavesHeads = false
  /// Biases that a file may have or not, which config.json then says.
  var optionalBiases: [OptionalBiases] = []
  /// Members of config.json that are the same in all of its models.
  var members: [(key: String, value: JSONValue)] = []

  /// Biases that are all there, or none.
  struct OptionalBiases: Sendable {
    /// The member of config.json that says so.
    var key: String
    var roles: [TensorRole]
  }

  static let llamaBiases = [
    OptionalBiases(key: "attention_bias", roles: [.query, .key, .value, .output]),
    OptionalBiases(key: "mlp_bias", roles: [.gate, .up, .down]),
  ]

  /// The values of `general.architecture` that can be imported.
  package static var names: [String] {
    Architectures.all.compactMap { $0.gguf?.name }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The architecture of a file, and its form.
  /// - Throws: `ImportError.unsupportedArchitecture`, or `.unsupportedFeature` for a window in an architecture without.
  static func named(
    _ metadata: GGUFMetadata
  ) throws(ImportError) -> (architecture: any Architecture.Type, form: GGUFForm) {
    let name = try metadata.string("general.architecture")
    let known = Architectures.all.compactMap { architecture in
      architecture.gguf.map { (architecture: architecture, form: $0) }
    }.filter { $0.form.name == name }
    guard !known.isEmpty else { throw .unsupportedArchitecture(name) }
    let windowKey = name + ".attention.sliding_window"
    guard let found = known.first(where: { $0.form.hasSlidingWindow == metadata.contains(windowKey) }) else {
      throw .unsupportedFeature(key: windowKey)
    }
    return found
  }
}
