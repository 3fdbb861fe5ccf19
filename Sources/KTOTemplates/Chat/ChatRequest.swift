package import KTOCore

/// A conversation and how it is to be rendered: the arguments of transformers' `apply_chat_template`.
package struct ChatRequest: Sendable {
  /// An array of objects, most of them with `role` and `content`. Members that are null are not shown to the template.
  package var messages: JSONValue
  /// An array of JSON schemas; nil for none.
  package var tools: JSONValue?
  /// An array of objects with `title` and `text`; nil for none.
  package var documents: JSONValue?
  /// Whether the text ends with the beginning of an answer.
  package var addsGenerationPrompt = false
  /// The field of the last message, such as `content`, that is left open to be continued: the text ends with it. Nil
  /// for a whole conversation.
  package var continuedField: String?
  /// Further names the template reads, such as `enable_thinking`; they go before the special tokens of that name.
  package var variables = JSONObject()

  package init(messages: JSONValue, tools: JSONValue? = nil, addsGenerationPrompt: Bool = false) {
    self.messages = messages
    self.tools = tools
    self.addsGenerationPrompt = addsGenerationPrompt
  }
}

/// What a template made of a conversation.
package struct RenderedChat: Sendable, Equatable {
  package var text: String
  /// The UTF-8 bytes of `text` that the template marks as the assistant's, by `{% generation %}`, in the order in
  /// which the blocks ended.
  package var generated: [Range<Int>]
}

/// Why a conversation cannot be rendered, whatever the template is.
package enum ChatError: Error, Equatable, Sendable {
  case emptyConversation
  /// The messages, tools or documents are no array of objects; the text is a JSON pointer to what is not.
  case malformed(pointer: String, expected: String)
  /// A variable that would hide what the request says itself.
  case reservedVariable(String)
  /// A generation prompt and a message to continue exclude each other.
  case promptAndContinuation
  /// The last message has no such field, or no text in it.
  case nothingToContinue(field: String)
  /// The template never reads the field to be continued.
  case fieldNotInTemplate(field: String, template: String)
  /// The template left the message to be continued out, or a part of it.
  case continuationLost(template: String)
  /// A mask of the assistant's tokens and a message to continue exclude each other.
  case maskOfContinuation
}

extension ChatError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyConversation: "the conversation has no messages"
    case .malformed(let pointer, let expected):
      (pointer.isEmpty ? "" : "\(pointer): ") + "expected \(expected)"
    case .reservedVariable(let name):
      "\"\(name)\" is part of the request, not one of the template's variables"
    case .promptAndContinuation:
      "a generation prompt begins a new message, so none can be added where the last one is continued"
    case .nothingToContinue(let field): "the last message has no text in \"\(excerpt(field))\" to continue"
    case .fieldNotInTemplate(let field, let template):
      "\(template) never reads \"\(excerpt(field))\", so it cannot be continued"
    case .continuationLost(let template):
      "\(template) changes or leaves out the text of the last message, so it cannot be continued"
    case .maskOfContinuation: "there is no mask of the assistant's tokens where the last message is continued"
    }
  }
}
