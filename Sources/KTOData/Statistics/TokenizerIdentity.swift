internal import KTOCore

/// What tokens were counted with: counts of different tokenizers or chat templates say nothing together.
package struct TokenizerIdentity: Sendable, Equatable {
  /// As a user named it, for people alone.
  package let model: String
  package let tokenizerHash: String
  /// Nil without a chat template.
  package let templateHash: String?

  package init(model: String, _ tokenizer: some ConversationTokenizer) {
    self.model = model
    (tokenizerHash, templateHash) = (tokenizer.tokenizerHash, tokenizer.templateHash)
  }

  /// Whether the same texts have the same tokens.
  func countsAlike(_ other: Self) -> Bool {
    tokenizerHash == other.tokenizerHash && templateHash == other.templateHash
  }

  var json: JSONValue {
    .members([
      "model": .string(model), "tokenizer_sha256": .string(tokenizerHash),
      "chat_template_sha256": templateHash.map { .string($0) } ?? .null,
    ])
  }

  init(json: JSONNode) throws(StatisticsError) {
    guard let model = json["model"]?.string, let hash = json["tokenizer_sha256"]?.string else {
      throw .damaged("tokenizer")
    }
    (self.model, tokenizerHash) = (model, hash)
    templateHash = json["chat_template_sha256"]?.string
  }
}
