package import KTOCore

extension Code {
  package static let conversationUnreadable = Code(
    "R01", .error, "text that is not a conversation",
    why: "There are no messages that a template could show.",
    example: #"{"x": 1}"#,
    remedy: "Write an array of messages, or an object with messages, or with prompt and completion.")
  package static let conversationRefused = Code(
    "R02", .error, "a conversation that cannot be rendered",
    why:
      "A model's template accepts only the conversations that the model was trained on, for example with roles "
      + "that alternate. What it refuses cannot be trained on either.",
    example: #"[{"role": "assistant", "content": "Hello"}]"#,
    remedy: "Change the conversation as the message says, or use a template that accepts it.")
  package static let templateMarksNothing = Code(
    "R03", .warning, "a template that does not mark what the assistant generated",
    why: "A mask of the assistant's tokens comes from the template's generation blocks. Without them it is 0 "
      + "throughout.",
    example: "{% for m in messages %}{{ m.content }}{% endfor %}",
    remedy: "Put {% generation %} and {% endgeneration %} around what the assistant says.")
}

/// What can be wrong with a conversation and its template.
package let templateCodes: [Code] = [.conversationUnreadable, .conversationRefused, .templateMarksNothing]
