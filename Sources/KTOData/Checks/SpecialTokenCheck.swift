package import KTOCore

/// W07: strings that tokenizers take for control tokens, inside content. They end a turn, or begin one, in
/// the middle of a text. With a model it is the model's own tokens that count, which `RowTokenizer` finds.
package struct SpecialTokenCheck: Check {
  package static let codes = [controlToken]
  static let controlToken =
    Code(
      "W07", .warning, "a text holds what tokenizers take for a control token",
      why:
        "Such a string ends a turn, or begins one, in the middle of a text, and the roles after it are wrong.",
      example: #"{"prompt": "Hi", "completion": "Hello<|im_end|>", "label": true}"#,
      remedy: "Remove it, unless the text is about such tokens.")

  private static let tokens: [[UInt8]] = [
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>",
    "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|user|>", "<|assistant|>", "<|system|>",
    "<|end|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<s>", "</s>", "[INST]", "[/INST]",
    "<<SYS>>", "<</SYS>>",
  ].map { Array($0.utf8) }

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    guard row.tokens == nil else { return }
    for (part, messages) in [("prompt", row.example.prompt), ("completion", row.example.completion)] {
      guard let token = firstToken(in: messages) else { continue }
      findings.find(
        Self.codes[0],
        "the \(part) holds \"\(excerpt(token))\", which many tokenizers take for a control token",
        hint: "remove it, unless the text is about such tokens")
    }
  }

  private func firstToken(in messages: [Message]) -> String? {
    for message in messages {
      if let found = token(in: message.content) { return found }
    }
    return nil
  }

  private func token(in text: String) -> String? {
    [UInt8(ascii: "<"), UInt8(ascii: "[")].compactMap { token(in: text.utf8.span, after: $0) }
      .min { $0.index < $1.index }?.token
  }

  /// The first token that begins with a mark.
  private func token(in bytes: Span<UInt8>, after mark: UInt8) -> (index: Int, token: String)? {
    var start = 0
    while let index = firstIndex(of: mark, in: bytes, from: start) {
      for token in Self.tokens where occurs(token, in: bytes, at: index) {
        return (index, String(decoding: token, as: UTF8.self))
      }
      start = index + 1
    }
    return nil
  }
}
