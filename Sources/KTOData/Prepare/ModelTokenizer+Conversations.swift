internal import KTOCore
package import KTOTokenizer

/// A model's own tokenizer and template, as `prepare` and `inspect` use them.
extension ModelTokenizer: ConversationTokenizer {
  package func encode(rendered text: String) throws -> [UInt32] {
    try tokenizer.encode(text, addSpecialTokens: false)
  }

  package func bytes(of ids: [UInt32]) -> [UInt8] { tokenizer.decodeBytes(ids, skipSpecialTokens: false) }

  package var bosID: UInt32? { bosToken.flatMap { tokenizer.id(of: $0) } }
}
