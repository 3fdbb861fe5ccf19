internal import KTOCore

/// What a model's tokenizer and chat template find in a row.
extension Code {
  static let promptTooLong = Code(
    "E03", .error, "the prompt fills the whole sequence",
    why: "With a prompt of max_length tokens or more nothing of the completion is left to learn from.",
    example: "a prompt of 600 tokens with max_seq_length: 512",
    remedy: "Raise model.max_seq_length, shorten the prompt, or allow the code, which leaves such rows out.")

  static let unstablePrompt = Code(
    "E05", .error, "the prompt's tokens are not the first of prompt and completion",
    why: """
      The loss is computed behind the prompt's tokens. Where the template or the tokenizer writes them otherwise once the \
      answer follows, the border between them is wrong.
      """,
    example: "a template that adds <think> to the generation prompt, but not to the answer's turn",
    remedy: "Use a template that is stable, or allow the code, which cuts the row where the tokens part.")

  static let wrongBorder = Code(
    "E06", .error, "BOS is doubled, or the end of the turn is missing",
    why:
      "A doubled BOS is never seen when the model is used, and a turn without its end teaches it not to stop.",
    example: "a template that writes <s> for a tokenizer that adds <s> itself",
    remedy: "Remove the token from the content, or fix the template.")

  static let templateRefuses = Code(
    "E13", .error, "the chat template does not take this conversation",
    why:
      "A conversation that the model's template refuses cannot be written in the form that the model was trained on.",
    example: "a system message with a template that knows user and assistant alone",
    remedy: "Change the conversation as the template's own message says, or use another template.")

  static let openTurn = Code(
    "W15", .warning, "the chat template does not end the assistant's turn with EOS",
    why: "A model that is trained without an end of turn does not learn where to stop.",
    example: "a base model's template, which writes the texts alone",
    remedy: "Use a template that ends turns with the tokenizer's EOS token.")

  /// Every code of this page, for the catalogue.
  static let tokenization: [Code] = [
    .promptTooLong, .unstablePrompt, .wrongBorder, .templateRefuses, .openTurn,
  ]
}
