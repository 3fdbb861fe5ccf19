package import KTOCore
package import KTOHub
internal import KTOTokenizer

extension ModelTokenizer: ConversationTokenizer {
  package func render(
    messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool
  ) throws -> String {
    try render(
      messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt, variables: JSONObject())
  }

  package func encode(rendered text: String) throws -> [UInt32] {
    try tokenizer.encode(text, addSpecialTokens: false)
  }

  package func bytes(of ids: [UInt32]) -> [UInt8] { tokenizer.decodeBytes(ids, skipSpecialTokens: false) }

  package func controlToken(in text: String) -> (text: String, id: UInt32)? {
    tokenizer.specialToken(in: text)
  }

  package var bosID: UInt32? { bosToken.flatMap { tokenizer.id(of: $0) } }
}
