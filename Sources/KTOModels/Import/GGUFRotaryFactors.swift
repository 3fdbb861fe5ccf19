internal import Glibc
internal import KTOCore

/// What rotary frequencies are divided by, which GGUF files have as tensors, put back into the members of config.json
/// that it was made of.
struct GGUFRotaryFactors {
  static let names = ["rope_freqs.weight", "rope_factors_short.weight", "rope_factors_long.weight"]

  let members: [(key: String, value: JSONValue)]

  /// - Parameter read: a tensor's numbers; nil if there is none of that name.
  /// - Throws: `ImportError`.
  init(
    _ metadata: GGUFMetadata, _ form: GGUFForm, _ sizes: GGUFSizes,
    read: (String) throws(ImportError) -> [Float]?
  ) throws(ImportError) {
    switch form.rotaryFactors {
    case .none: members = []
    case .llama3:
      guard let factors = try read(Self.names[0]) else {
        members = []
        return
      }
      members = [("rope_scaling", try Self.llama3(factors, sizes))]
    case .longRope:
      guard let short = try read(Self.names[1]), let long = try read(Self.names[2]) else {
        members = []
        return
      }
      members = try Self.longRope(short: short, long: long, metadata, form)
    }
  }

  /// The converter takes these numbers for those of Llama 3.1 and 3.2; the factor is its own.
  ///
  /// - Throws: `ImportError.unsupportedFeature` where the tensor is not made of such numbers.
  private static func llama3(_ factors: [Float], _ sizes: GGUFSizes) throws(ImportError) -> JSONValue {
    let (low, high, original) = (1.0, 4.0, 8192)
    let factor = factors.max() ?? 1
    let scaling = RotaryScaling.llama3(
      factor: Double(factor), lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions: original)
    let plain = RotaryScaling.none.inverseFrequencies(base: sizes.ropeBase, dimension: sizes.rotaryDimension)
    let scaled = scaling.inverseFrequencies(base: sizes.ropeBase, dimension: sizes.rotaryDimension)
    let isMade =
      factors.count == plain.count
      && factors.indices.allSatisfy { abs(plain[$0] / scaled[$0] - factors[$0]) <= 1e-4 * factors[$0] }
    guard isMade else { throw .unsupportedFeature(key: names[0]) }
    return .members([
      "factor": .double(Double(factor)), "high_freq_factor": .double(high), "low_freq_factor": .double(low),
      "original_max_position_embeddings": .integer(original), "rope_type": .string("llama3"),
    ])
  }

  private static func longRope(
    short: [Float], long: [Float], _ metadata: GGUFMetadata, _ form: GGUFForm
  ) throws(ImportError) -> [(key: String, value: JSONValue)] {
    func list(_ factors: [Float]) -> JSONValue { .items(factors.map { .double(Double("\($0)") ?? 0) }) }
    let prefix = form.name + ".rope.scaling."
    let original = try metadata.int(prefix + "original_context_length", in: 2...1 << 30)
    let factor = try metadata.positive(prefix + "attn_factor")
    return [
      ("original_max_position_embeddings", .integer(original)),
      (
        "rope_scaling",
        .members([
          "attention_factor": .double(factor), "long_factor": list(long), "rope_type": .string("longrope"),
          "short_factor": list(short),
        ])
      ),
    ]
  }
}
