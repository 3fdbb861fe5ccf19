package import KTOCore

/// One answer with one thumb: the unit that every stage between ingest and tokenization passes on.
///
/// As JSON it is one object a line, a superset of TRL's unpaired conversational preference format.
package struct Example: Sendable, Equatable {
  package var id: String
  package var prompt: [Message]
  package var completion: [Message]
  /// True is desirable. Nil only between ingest and label: nothing unlabelled leaves the label stage.
  package var label: Bool?
  /// Examples of one group share a prompt and never part in a split.
  package var group: String
  package var weight: Double?
  /// Tool definitions as the JSON array of the source, for the chat template.
  package var tools: JSONValue?
  package var source: Source
  /// What the source said that labels can be made from.
  package var signals: [Signal]
  /// The fields of the source that nothing else here holds, as a JSON object; nil where there are none or where they
  /// were not asked for.
  package var metadata: JSONValue?

  package init(
    id: String, prompt: [Message], completion: [Message], label: Bool? = nil, group: String,
    weight: Double? = nil, tools: JSONValue? = nil, source: Source, signals: [Signal] = [],
    metadata: JSONValue? = nil
  ) {
    self.id = id
    self.prompt = prompt
    self.completion = completion
    self.label = label
    self.group = group
    self.weight = weight
    self.tools = tools
    self.source = source
    self.signals = signals
    self.metadata = metadata
  }
}

/// A turn of a conversation.
package struct Message: Sendable, Equatable, Hashable {
  /// `system`, `developer`, `user`, `assistant` or `tool`.
  package var role: String
  package var content: String
  /// Fields beside role and content that a chat template may read (`tool_calls`, `name`, `tool_call_id`), as
  /// a JSON object's text; nil where there are none.
  package var extra: String?

  package init(role: String, content: String, extra: String? = nil) {
    self.role = role
    self.content = content
    self.extra = extra
  }
}

/// Where an example came from; carried through every stage and never lost.
package struct Source: Sendable, Equatable {
  package var file: String
  package var line: Int
  /// Counts UTF-8 bytes from 1.
  package var column: Int
  package var byteOffset: Int
  /// JSON pointer from the record to the example's own part, such as `/chosen`.
  package var pointer: String
  /// The members of the metadata that say something about this answer alone. Of an example with a pointer the others are the
  /// record's, of which nobody knows which answer they are about.
  package var verdicts: [String]

  package init(
    file: String, line: Int, column: Int = 1, byteOffset: Int, pointer: String = "", verdicts: [String] = []
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.byteOffset = byteOffset
    self.pointer = pointer
    self.verdicts = verdicts
  }

  /// The place for a diagnostic.
  package var location: SourceLocation {
    SourceLocation(file: file, byteOffset: byteOffset, line: line, column: column)
  }
}
