/// A shape that raw conversations come in. The raw value is what `--format` takes.
package enum RawFormat: String, Sendable, CaseIterable {
  /// What this tool writes: TRL's unpaired format with id, group and source beside it.
  case examples
  /// TRL's unpaired preference format: prompt, completion, label.
  case trl
  /// TRL's paired preference format: chosen and rejected, with the prompt beside them or inside both.
  case trlPairs = "trl-pairs"
  /// OpenAI chat messages with a feedback or label field.
  case openai
  /// ShareGPT conversations, with `kto_tag` where they are labelled.
  case sharegpt
  /// Pairs of transcripts with "\n\nHuman:" and "\n\nAssistant:" before the turns.
  case hhRLHF = "hh-rlhf"
  /// A Stack Exchange data dump's `Posts.xml`.
  case stackexchange
}

extension RawFormat {
  /// The format a configuration names; nil for `auto`.
  package init?(_ format: InputFormat) { self.init(rawValue: format.rawValue) }
}
