internal import KTOCore

/// A message that still knows where in its record it stands, so that findings can be located.
struct Turn {
  var message: Message
  /// Byte offset of the turn in its record.
  var offset: Int
  var pointer: String
  /// Byte offset and JSON pointer of its content.
  var contentOffset: Int
  var contentPointer: String
  var hasToolCalls = false
  /// What is said about this turn alone.
  var evidence: [Evidence] = []

  init(
    message: Message, offset: Int, pointer: String, contentOffset: Int, contentPointer: String,
    hasToolCalls: Bool = false
  ) {
    self.message = message
    self.offset = offset
    self.pointer = pointer
    self.contentOffset = contentOffset
    self.contentPointer = contentPointer
    self.hasToolCalls = hasToolCalls
  }

  /// A turn whose text is a value of the record by itself.
  init(role: String, text: String, at node: JSONNode, _ pointer: String) {
    self.init(
      message: Message(role: role, content: text), offset: node.offset, pointer: pointer,
      contentOffset: node.offset, contentPointer: pointer)
  }

  var isBlank: Bool { !hasToolCalls && isBlankText(message.content) }
}

/// True where a text has nothing to see: only white space and invisible characters.
func isBlankText(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { scalar in
    scalar.properties.isWhitespace || scalar.value == 0xFEFF || (0x200B...0x200D).contains(scalar.value)
  }
}
