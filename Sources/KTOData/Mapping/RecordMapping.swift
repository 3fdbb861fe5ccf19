package import KTOCore

/// Which field of a record is what, for shapes that no format knows: the file of `data.map`.
///
/// A field is named by its name, or by a JSON pointer to it from the record.
package struct RecordMapping: ConfigurationSection {
  /// What reports call the format of a file that a mapping reads.
  package static let name = "mapping"

  package var prompt: String?
  package var completion: String?
  package var chosen: String?
  package var rejected: String?
  package var messages: String?
  package var role: String?
  package var content: String?
  package var roles = MappedRoles()
  package var system: String?
  package var tools: String?
  package var label: String?
  package var score: String?
  package var chosenScore: String?
  package var rejectedScore: String?
  package var group: String?
  package var id: String?

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .optionalString("prompt", \.prompt, "The question: text, or a list of messages."),
      .optionalString("completion", \.completion, "The answer: text, or a list of messages."),
      .optionalString("chosen", \.chosen, "The better of two answers to the prompt."),
      .optionalString("rejected", \.rejected, "The worse of them."),
      .optionalString(
        "messages", \.messages, "A conversation: a list of messages, of which judged answers are examples."),
      .optionalString(
        "role", \.role, "Who speaks, in a message; null for role or from. It is named from the message."),
      .optionalString(
        "content", \.content,
        "What is said, in a message; null for content or value. It is named from the message."),
      .section(
        "roles", \.roles,
        "What speakers are called, each with the role that it stands for, such as customer: user."),
      .optionalString("system", \.system, "The system message."),
      .optionalString("tools", \.tools, "Tool definitions, a list."),
      .optionalString("label", \.label, "The verdict: true or false, or a word that data.label knows."),
      .optionalString("score", \.score, "A number that data.label's limits judge."),
      .optionalString("chosen_score", \.chosenScore, "The score of the better answer."),
      .optionalString("rejected_score", \.rejectedScore, "The score of the worse answer."),
      .optionalString(
        "group", \.group, "What keeps examples in one split: a text or a whole number, such as a user's."),
      .optionalString("id", \.id, "The record's own id."),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    let shapes = [
      ("messages", messages != nil), ("completion", completion != nil),
      ("chosen", chosen != nil || rejected != nil),
    ].filter(\.1).map(\.0)
    guard let shape = shapes.first else {
      return [("prompt", "no answer is mapped: name completion, chosen and rejected, or messages")]
    }
    guard shapes.count == 1 else {
      return [(shapes[1], "it cannot be beside \(shape): a record is of one shape")]
    }
    var conflicts = fieldsOfTwoMeanings
    func add(_ key: String, _ isGiven: Bool, _ message: String) {
      if isGiven { conflicts.append((key, message)) }
    }
    switch shape {
    case "messages": add("prompt", prompt != nil, "messages hold the question, too")
    case "completion": add("completion", prompt == nil, "the question is missing: name prompt")
    default:
      add("chosen", rejected == nil, "the other side is missing: name rejected")
      add("rejected", chosen == nil, "the other side is missing: name chosen")
      add("label", label != nil, "the sides of a pair are the labels")
      add("score", score != nil, "the sides of a pair have chosen_score and rejected_score")
    }
    if shape != "chosen" {
      add("chosen_score", chosenScore != nil, "it is the score of a side of a pair: name score")
      add("rejected_score", rejectedScore != nil, "it is the score of a side of a pair: name score")
    }
    return conflicts
  }

  /// Texts that one field cannot be at once: who copies the question into the answer trains on nothing.
  private var fieldsOfTwoMeanings: [(key: String, message: String)] {
    let texts = [
      ("prompt", prompt), ("completion", completion), ("chosen", chosen), ("rejected", rejected),
    ].compactMap { key, name in name.map { (key: key, path: fieldPath($0)) } }
    return texts.indices.dropFirst().compactMap { index in
      texts[..<index].first { $0.path == texts[index].path }.map {
        (texts[index].key, "it is the field that \($0.key) names, too")
      }
    }
  }
}

extension RecordMapping {
  /// - Throws: `ConfigurationError` with every finding (C00 to C05), `FileError` where the file cannot be read.
  package init(path: String) throws {
    try self.init(try readFile(path, limit: YAMLParser().maxByteCount), path: path)
  }

  /// - Parameter path: what locations call the text.
  /// - Throws: `ConfigurationError` with every finding.
  package init(_ bytes: [UInt8], path: String) throws(ConfigurationError) {
    let document: YAMLNode
    do {
      document = try YAMLParser().parse(bytes, file: path)
    } catch {
      throw ConfigurationError(diagnostics: [
        Diagnostic(.configurationNotYAML, at: error.location, message: "\(error.reason)")
      ])
    }
    let (mapping, findings) = Self.reading(document, as: Self.name)
    guard findings.isEmpty else { throw ConfigurationError(diagnostics: findings.inFileOrder) }
    self = mapping
  }
}

/// What the speakers of a file are called: the `roles:` section of a mapping.
package struct MappedRoles: ConfigurationSection {
  package var names: [String: String] = [:]

  package init() {}

  package static var fields: [ConfigurationField<Self>] { [] }

  package static var namedFields: NamedFields<Self>? {
    NamedFields(
      pattern: "^.+$", accepts: { !$0.isEmpty }, names: { $0.names.keys.sorted() },
      field: {
        .member(
          $0, \.[roleOf: $0], of: ["system", "developer", "user", "assistant", "tool"],
          "The role that the speaker of this name has.")
      })
  }

  private subscript(roleOf name: String) -> String {
    get { names[name, default: "user"] }
    set { names[name] = newValue }
  }
}
