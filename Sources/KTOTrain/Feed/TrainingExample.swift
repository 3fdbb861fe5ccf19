internal import KTOModels

/// A tokenized example as the trainer takes it, before it is cut to the sequence length.
package struct TrainingExample: Sendable, Equatable {
  package var id: String
  package var group: String
  package var prompt: [UInt32]
  package var completion: [UInt32]
  package var label: Bool
  /// Multiplies the class weight of this example's loss.
  package var weight: Double

  package init(
    id: String, group: String, prompt: [UInt32], completion: [UInt32], label: Bool, weight: Double = 1
  ) {
    self.id = id
    self.group = group
    self.prompt = prompt
    self.completion = completion
    self.label = label
    self.weight = weight
  }

  /// A prompt and a completion cut to the first `limit` tokens together, as TRL cuts both the matched and the
  /// mismatched sequence; nil where the prompt leaves no room for a completion token.
  static func row(prompt: [UInt32], completion: [UInt32], limit: Int) -> TrainingRow? {
    guard prompt.count < limit, !completion.isEmpty else { return nil }
    return TrainingRow(prompt: prompt, completion: Array(completion.prefix(limit - prompt.count)))
  }
}
