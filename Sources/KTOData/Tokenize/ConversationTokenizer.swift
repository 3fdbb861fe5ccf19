package import KTOCore

/// What tokenization needs of a model's tokenizer and chat template.
package protocol ConversationTokenizer: Sendable {
  /// The text of a conversation, as the model's chat template writes it.
  func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) throws -> String
  /// The tokens of a rendered text; no special token is added.
  func encode(rendered text: String) throws -> [UInt32]
  /// The bytes of tokens, special ones included.
  func bytes(of ids: [UInt32]) -> [UInt8]
  /// The first control token that stands in a text as if it were text, which encoding turns into its id.
  func controlToken(in text: String) -> (text: String, id: UInt32)?
  /// The same for one thread, which then waits for no other.
  func forOneThread() -> Self
  var bosID: UInt32? { get }
  var eosID: UInt32? { get }
  var tokenizerHash: String { get }
  var templateHash: String? { get }
}

extension ConversationTokenizer {
  package func forOneThread() -> Self { self }
  package func controlToken(in text: String) -> (text: String, id: UInt32)? { nil }
}
