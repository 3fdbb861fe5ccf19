internal import KTOCore

/// The fields that say what somebody thought of an answer, in a record or in one of its messages.
enum VerdictFields {
  static let names = ["label", "kto_tag", "feedback", "rating", "score", "annotation"]
  static func contain(_ key: String) -> Bool { names.contains(key) }
}

extension ConvertedRecord {
  /// All that a record, or a message of it, says about its answer. What is there and cannot be read is an error where
  /// labels depend on it, and is named as not read elsewhere.
  mutating func evidence(of node: JSONNode, _ pointer: String) -> [Evidence] {
    guard let object = node.object else { return [] }
    if !words.field.isEmpty { return namedEvidence(of: node, pointer) }
    var found: [Evidence] = []
    for member in object.members where VerdictFields.contain(member.key) {
      let (key, value) = (member.key, member.node)
      let place = pointer + "/" + key
      switch key {
      case "label", "kto_tag": add(strictLabel(value, place), key, value, place, to: &found)
      case "feedback": add(feedback(value, place), key, value, place, to: &found)
      case "annotation":
        if let rating = value["rating"], !rating.isNull,
          rating.double?.magnitude == 1 || rating.string != nil || isListOfRules(rating)
        {
          add(feedback(rating, place + "/rating"), "annotation.rating", rating, place + "/rating", to: &found)
        } else if !value.isNull {
          leave(key, in: pointer)
        }
      default: add(score(value, place, key, in: pointer), key, value, place, to: &found)
      }
    }
    return found + ruleEvidence(of: node, pointer)
  }

  /// Adds what the record says in fields that rules ask for, in formats that read no verdict of the record as a whole. Of
  /// several answers it would not be told which is meant.
  mutating func addRuleEvidence(of record: JSONNode) {
    guard words.ruleFields != nil, drafts.count == 1 else { return }
    let known = Set(drafts[0].evidence.map(\.pointer))
    drafts[0].evidence += ruleEvidence(of: record, "").filter { !known.contains($0.pointer) }
  }

  /// What the fields hold that a file of label rules asks for.
  func ruleEvidence(of node: JSONNode, _ pointer: String) -> [Evidence] {
    (words.ruleFields ?? []).compactMap { field in
      guard var value = node.value(at: field), !value.isNull else { return nil }
      if isUntyped { value.value = value.value.typed }
      let shown = excerpt(value.value.jsonText, limit: 24)
      return Evidence(
        signal: .value(value.value, at: field), name: "\"\(field.joined(separator: "."))\" (\(shown))",
        offset: value.offset, pointer: pointer + field.map { jsonPointerToken($0) }.joined())
    }
  }

  /// Evidence from the field that the configuration names, and from no other.
  private mutating func namedEvidence(of node: JSONNode, _ pointer: String) -> [Evidence] {
    for name in VerdictFields.names where node[name] != nil && words.field.first != name {
      leave(name, in: pointer)
    }
    guard let value = node.value(at: words.field), !value.isNull else { return [] }
    let place = pointer + words.field.map { jsonPointerToken($0) }.joined()
    var found: [Evidence] = []
    if let number = value.double, words.wantsScores || number.magnitude != 1 {
      let signal = number.isFinite ? Signal.score(number, isAccepted: false) : nil
      add(signal, words.field.joined(separator: "."), value, place, to: &found)
    } else {
      add(feedback(value, place), words.field.joined(separator: "."), value, place, to: &found)
    }
    return found
  }

  /// What a thumb says that stands where only its format looks for one; nothing where the configuration names the field
  /// of the verdict, or where nobody voted.
  mutating func thumb(_ node: JSONNode?, _ name: String, _ pointer: String) -> [Evidence] {
    guard words.field.isEmpty, let node, !node.isNull else { return [] }
    var found: [Evidence] = []
    add(feedback(node, pointer), name, node, pointer, to: &found)
    return found
  }

  /// What a number says that stands where only its format looks for one, under the same conditions.
  /// - Parameter parent: the pointer of the value that holds it as `key`.
  mutating func score(_ key: String, of node: JSONNode, _ parent: String) -> [Evidence] {
    guard words.field.isEmpty, let value = node[key] else { return [] }
    var found: [Evidence] = []
    let pointer = parent + "/" + key
    add(score(value, pointer, key, in: parent), key, value, pointer, to: &found)
    return found
  }

  /// What the configuration's field says in a part of a record that is judged by itself; nothing where it names none.
  mutating func configuredEvidence(of node: JSONNode, _ pointer: String) -> [Evidence] {
    words.field.isEmpty ? ruleEvidence(of: node, pointer) : evidence(of: node, pointer)
  }

  private func add(
    _ signal: Signal?, _ name: String, _ node: JSONNode, _ pointer: String, to found: inout [Evidence]
  ) {
    var signal = signal
    // What a word means is for the rules to say.
    if words.ruleFields != nil {
      if let word = node.string, !word.isEmpty { signal = .word(word) }
      if signal == nil, node.double != nil || node.array != nil { signal = .value(node.value, at: []) }
    }
    guard let signal else { return }
    found.append(
      Evidence(
        signal: signal, name: "\"\(name)\" (\(excerpt(node.value.jsonText, limit: 24)))", offset: node.offset,
        pointer: pointer))
  }

  /// A label that must be a JSON bool. Strings, numbers and null are E01, never coerced: a string or a −1
  /// that counts as true has spoilt whole trainings. Words that the configuration lists are its own affair.
  mutating func strictLabel(_ node: JSONNode, _ pointer: String) -> Signal? {
    if let label = node.bool { return .field(label) }
    if let word = word(node), let label = words.configured(word) { return .field(label) }
    if words.ruleFields != nil { return nil }
    let shown = node.isNull ? "null" : "the JSON \(node.typeName) \(excerpt(node.value.jsonText))"
    error(
      .labelNotBool, node, pointer, "the label is \(shown), not a bool",
      hint: "write true for desirable, false for undesirable, or " + Self.wordHint)
    return nil
  }

  /// What a user's thumb says, in the words and numbers that feedback widgets write. Null and an empty string
  /// mean that nobody voted.
  mutating func feedback(_ node: JSONNode, _ pointer: String) -> Signal? {
    if node.isNull { return nil }
    if let flag = node.bool { return .field(flag) }
    if let word = word(node), let flag = words.configured(word) { return .field(flag) }
    if let number = node.double {
      if number == 1 { return .field(true) }
      if number == -1 { return .field(false) }
    }
    if let text = node.string {
      if text.isEmpty { return nil }
      if let flag = words.meaning(text) { return .field(flag) }
    }
    // An object's own verdict counts where the configuration knows its word.
    if let inner = node["rating"].flatMap({ word($0) }), let flag = words.configured(inner) {
      return .field(flag)
    }
    if words.ruleFields != nil { return nil }
    error(
      .labelNotBool, node, pointer,
      "the feedback \(excerpt(node.value.jsonText)) is neither a thumb up nor down",
      hint: "known are thumbs_up, up, positive, 1, true and thumbs_down, down, negative, -1, false; "
        + Self.wordHint)
    return nil
  }

  /// Whether a value is a list, of which rules alone say what it means.
  private func isListOfRules(_ node: JSONNode) -> Bool { words.ruleFields != nil && node.array != nil }

  private static let wordHint =
    "list other words in data.label.desirable_words and data.label.undesirable_words"

  /// A string, or a number as it is written.
  private func word(_ node: JSONNode) -> String? { node.string ?? node.int.map { String($0) } }

  /// A number of votes, or a rating. A thumb in its place counts as one.
  private mutating func score(
    _ node: JSONNode, _ pointer: String, _ key: String, in parent: String
  ) -> Signal? {
    if node.isNull { return nil }
    if let number = node.double, number.isFinite { return .score(number, isAccepted: false) }
    if let word = node.string, Double(word) == nil, let flag = words.meaning(word) { return .field(flag) }
    if isListOfRules(node) { return nil }
    guard words.wantsScores else {
      leave(key, in: parent)
      return nil
    }
    error(
      .labelNotBool, node, pointer, "the \(key) \(excerpt(node.value.jsonText)) is not a number",
      hint: "write it as a JSON number")
    return nil
  }
}

extension JSONValue {
  /// The bool or the number that a text says, as a cell of a table is read; any other value as it is.
  var typed: JSONValue {
    guard case .string(let text) = self else { return self }
    switch text.lowercased() {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      if let number = Int(text) { return .integer(number) }
      guard let number = Double(text), number.isFinite else { return self }
      return .double(number)
    }
  }
}
