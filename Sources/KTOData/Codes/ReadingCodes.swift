internal import KTOCore

/// What is found while records are read and become examples.
extension Code {
  static let notParseable = Code(
    "E00", .error, "the input cannot be parsed here",
    why: """
      What cannot be parsed cannot be trained on, and readers differ in what they make of it. The records before the \
      place are kept; in JSON lines those behind it, too.
      """,
    example: #"{"prompt": "Hi", "completion": "Hello", "label": tru"#,
    remedy: """
      Fix the text at the line and column that are named: a cut-off file is fetched again, a key that appears twice \
      keeps one value, bytes that are not UTF-8 are saved as UTF-8.
      """)

  static let labelNotBool = Code(
    "E01", .error, "the label is neither true nor false",
    why: """
      A label that is guessed flips rows: the string "false" counts as true in many programs, and so does −1. Nothing \
      is coerced here.
      """,
    example: #"{"prompt": "Hi", "completion": "Hello", "label": "yes"}"#,
    remedy: """
      Write true for desirable and false for undesirable, or let a label rule of the configuration read votes, scores \
      or words.
      """)

  static let emptySide = Code(
    "E02", .error, "the prompt or the completion is empty",
    why: """
      A completion without text or tokens has nothing to learn from, and a prompt without text teaches an answer to \
      nothing.
      """,
    example: #"{"prompt": "Hi", "completion": "  ", "label": true}"#,
    remedy:
      "Remove the record, or fill the side in. Only an assistant's message with tool calls may have no text.")

  static let roleOrder = Code(
    "E04", .error, "the turns are in an order that cannot be trained on",
    why: """
      KTO judges one answer of the assistant: the prompt must end with the user's or a tool's turn, and the completion \
      must be the assistant's.
      """,
    example: #"{"messages": [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Hi"}]}"#,
    remedy:
      "Remove the turn that nothing answers, merge neighbouring turns of one speaker, or add what is missing."
  )

  static let wrongShape = Code(
    "E11", .error, "the record does not have the shape of its format",
    why:
      "A field that is missing or has another type would have to be guessed, and a guess trains on the wrong text.",
    example: #"{"messages": "Hello"}"#,
    remedy: """
      Correct the value at the pointer that is named, or choose another format where the file was taken for the wrong \
      one.
      """)

  static let unknownRole = Code(
    "E12", .error, "a speaker has a role that is not known",
    why:
      "Whose words are learnt depends on the role. Chats between named people are not conversations with an assistant.",
    example: #"{"messages": [{"role": "narrator", "content": "Once upon a time"}]}"#,
    remedy:
      "Rename the role to system, developer, user, assistant or tool, or to one of ShareGPT's names for them."
  )

  static let evidenceDisagrees = Code(
    "E16", .error, "two fields of a record contradict one another",
    why: """
      A record that says both yes and no would train on whichever field is read first, and half of such labels are \
      wrong.
      """,
    example: #"{"messages": […], "label": true, "feedback": "thumbs_down"}"#,
    remedy: """
      Keep the field that is right, or say which one counts: data.label.field names a field, data.label.from a kind of \
      evidence.
      """)

  /// Every code of this page, for the catalogue.
  static let reading: [Code] = [
    .notParseable, .labelNotBool, .emptySide, .roleOrder, .wrongShape, .unknownRole, .evidenceDisagrees,
  ]
}
