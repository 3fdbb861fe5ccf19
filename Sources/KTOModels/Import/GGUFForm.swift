internal import KTOCore

/// How GGUF files carry an architecture.
package struct GGUFForm: Sendable {
  /// `general.architecture`, with which the keys of its metadata begin.
  package var name: String
  /// The class of transformers, for `architectures` in config.json.
  package var modelClass: String
  /// What the metadata say of a window. Two architectures that share a name are told apart by it.
  var window = Window.absent
  /// llama.cpp's converter put the two halves of each rotated head in turns, a row of one after a row of the other.
  var interleavesHeads = false
  /// Biases that a file may have or not, which config.json then says.
  var optionalBiases: [OptionalBiases] = []
  /// A file may say that a part of each head is rotated.
  var rotatesParts = false
  /// Numbers of the metadata, without the architecture's name before them, and the members of config.json they are.
  var numbers: [(metadata: String, config: String)] = []
  /// Members of config.json that are the same in all of its models, or follow from the sizes.
  var members: @Sendable (GGUFSizes) -> [(key: String, value: JSONValue)] = { _ in [] }

  /// Whether a file has `attention.sliding_window`.
  enum Window: Sendable {
    case absent
    case present
    /// Also where it is 0, which is none.
    case presentOrZero
  }

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
  /// - Throws: `ImportError.unsupportedArchitecture`; `.unsupportedFeature` for a window in an architecture without,
  ///   `.invalidMetadata` where the window is missing.
  static func named(
    _ metadata: GGUFMetadata
  ) throws(ImportError) -> (architecture: any Architecture.Type, form: GGUFForm) {
    let name = try metadata.string("general.architecture")
    let known = Architectures.all.compactMap { architecture in
      architecture.gguf.map { (architecture: architecture, form: $0) }
    }.filter { $0.form.name == name }
    guard !known.isEmpty else { throw .unsupportedArchitecture(name) }
    let windowKey = name + ".attention.sliding_window"
    let hasWindow = metadata.contains(windowKey)
    guard let found = known.first(where: { ($0.form.window != .absent) == hasWindow }) else {
      throw hasWindow ? .unsupportedFeature(key: windowKey) : .invalidMetadata(key: windowKey)
    }
    return found
  }
}
