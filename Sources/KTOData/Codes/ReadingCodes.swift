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

  static let unknownFormat = Code(
    "E14", .error, "a file is in no format that is read",
    why: """
      Nothing of such a file trains. To take it for the nearest format would train on texts that are not what they \
      seem.
      """,
    example: #"{"text": "Hello"}"#,
    remedy: """
      Rename the keys to those of a format that is read, convert the file with the command that the hint names, or take \
      it out of the folder.
      """)

  static let groupChat = Code(
    "E15", .error, "a file is a chat between people, not a conversation with an assistant",
    why: """
      KTO judges answers of an assistant. In a chat between named people nobody is the assistant, and whose words are to \
      be learnt cannot be told; such chats are also personal data.
      """,
    example:
      #"{"name": "Club", "messages": [{"from": "Ann", "text": "Hello"}, {"from": "Bob", "text": "Hi"}]}"#,
    remedy: """
      Leave the file out, or make records of a format that is read from it: prompt, completion and label, with the \
      consent of those who wrote.
      """)

  static let leftOut = Code(
    "W19", .warning, "something that inputs lead to is not read",
    why: """
      A folder holds more than data. What is left out by its name, or because it is read already or written by this very \
      command, is named once, so that nothing is missing in silence.
      """,
    example: "a folder with train.jsonl and README.md",
    remedy: "Nothing, where it is no data. Name the file itself to have it read all the same.")

  static let unreadable = Code(
    "W20", .warning, "something in a folder holds nothing that can be read",
    why: """
      A marker without bytes is no loss, but a link to a file that is gone, or a file that may not be opened, may be data \
      that was meant to train.
      """,
    example: "a folder with a link to a file that was removed",
    remedy: "Put the file in its place, allow it to be read, or remove the link.")

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
    .notParseable, .labelNotBool, .emptySide, .roleOrder, .wrongShape, .unknownRole, .unknownFormat,
    .groupChat, .evidenceDisagrees, .leftOut, .unreadable,
  ]
}
