package import KTOCore

/// Which model, and how much of a conversation it reads: the `model:` section.
///
/// Its name changes no row: the hashes of its tokenizer and template, which the manifest has, stand for it.
package struct ModelSelection: ConfigurationSection {
  /// A hub name that is in the Hugging Face cache, or a folder.
  package var name = ""
  package var revision = "main"
  /// Tokens of prompt and completion together.
  package var maxSequenceLength = 2048

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .string(
        "name", \.name, required: true,
        "The model: a hub name such as org/name, looked up in the Hugging Face cache (HF_HUB_CACHE, HF_HOME or ~/.cache/huggingface/hub), or a folder with config.json, the weights and tokenizer.json, or a cache's folder of the model (models--org--name). Nothing is ever downloaded."
      ).marked(.changesNoRow),
      .string(
        "revision", \.revision,
        "Branch, tag or commit of a model in a cache; a plain folder has none, and ignores it."
      ).marked(.changesNoRow),
      .int(
        "max_seq_length", \.maxSequenceLength, in: 8...1_048_576,
        "The longest sequence in tokens, prompt and completion together. Longer ones are cut at the end; a prompt that alone is as long is an error of validation (E03)."
      ),
    ]
  }
}
