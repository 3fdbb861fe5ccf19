internal import KTOCore

/// A mapping at work: makes a record of a shape that a format reads out of one that none does, and leads what is found in
/// it back to where it stood.
struct MappedShape: Sendable {
  /// The format that reads what the mapping makes.
  let format: any RecordFormat.Type
  /// The steps to each field, by the key that the format calls it.
  private let paths: [(key: String, path: [String], name: String)]
  private let role: [String]
  private let content: [String]
  private let roles: [String: String]
  private let group: [String]
  private let required: Set<String>

  init(_ mapping: RecordMapping) {
    let isPair = mapping.chosen != nil
    format = mapping.messages != nil ? OpenAI.self : isPair ? TRLPairs.self : TRL.self
    let fields: [(String, String?)] = [
      ("prompt", mapping.prompt), ("completion", mapping.completion), ("chosen", mapping.chosen),
      ("rejected", mapping.rejected), ("messages", mapping.messages), ("system", mapping.system),
      ("tools", mapping.tools), ("label", mapping.label), ("score", mapping.score),
      ("score_chosen", mapping.chosenScore), ("score_rejected", mapping.rejectedScore), ("id", mapping.id),
    ]
    paths = fields.compactMap { key, name in name.map { (key: key, path: fieldPath($0), name: $0) } }
    required = ["prompt", "completion", "chosen", "rejected", "messages"]
    role = mapping.role.map { fieldPath($0) } ?? []
    content = mapping.content.map { fieldPath($0) } ?? []
    roles = mapping.roles.names
    group = mapping.group.map { fieldPath($0) } ?? []
  }

  // MARK: - There

  /// The record as its format reads it; what is missing or of a wrong type is an error of the output.
  func record(_ node: JSONNode, in output: inout ConvertedRecord) -> JSONNode {
    var members: [JSONObject.Member] = []
    for (key, path, name) in paths {
      guard var value = node.value(at: path), !value.isNull else {
        if required.contains(key) { missing(key, path, name, in: node, &output) }
        continue
      }
      if key == "label" || key.hasPrefix("score"), output.isUntyped { value.value = value.value.typed }
      if key.hasPrefix("score"), value.double?.isFinite != true, output.words.ruleFields == nil {
        output.error(
          .labelNotBool, value, pointer(path),
          "the \(key) \(excerpt(value.value.jsonText)) is not a number", hint: "write it as a JSON number")
        continue
      }
      if key == "messages" || value.array != nil && required.contains(key) { value = turns(value) }
      members.append(JSONObject.Member(key, value, keyOffset: value.offset))
    }
    // What the configuration or rules ask for by its name in the file.
    for member in node.object?.members ?? []
    where output.words.read(member.key) && !members.contains(where: { $0.key == member.key }) {
      members.append(member)
    }
    return JSONNode(.object(JSONObject(members)), offset: node.offset)
  }

  /// The messages with their role and content under the names that formats know.
  private func turns(_ list: JSONNode) -> JSONNode {
    guard let items = list.array, !role.isEmpty || !content.isEmpty || !roles.isEmpty else { return list }
    let turns = items.map { item -> JSONNode in
      guard let object = item.object else { return item }
      var members = object.members.filter { member in
        member.key != role.first && member.key != content.first
          && (role.isEmpty || member.key != "role" && member.key != "from")
          && (content.isEmpty || member.key != "content" && member.key != "value")
      }
      let names = role.isEmpty ? (item["role"] == nil ? ["from"] : ["role"]) : role
      if var speaker = item.value(at: names) {
        members.removeAll { $0.key == "role" || $0.key == "from" }
        if let name = speaker.string, let known = roles[name] { speaker.value = .string(known) }
        members.append(JSONObject.Member("role", speaker, keyOffset: speaker.offset))
      }
      if !content.isEmpty, let said = item.value(at: content) {
        members.append(JSONObject.Member("content", said, keyOffset: said.offset))
      }
      return JSONNode(.object(JSONObject(members)), offset: item.offset)
    }
    return JSONNode(.array(turns), offset: list.offset)
  }

  private func missing(
    _ key: String, _ path: [String], _ name: String, in node: JSONNode, _ output: inout ConvertedRecord
  ) {
    // The deepest part of the way that is there.
    var holder = node
    var steps: [String] = []
    for step in path.dropLast() {
      guard let next = holder.value(at: [step]), next.object != nil || next.array != nil else { break }
      holder = next
      steps.append(step)
    }
    let keys = holder.object?.members.map(\.key) ?? []
    let wanted = path[min(steps.count, path.count - 1)]
    // A field that has its meaning is not the one that was meant.
    let taken = paths.map(\.path) + [group]
    let free = keys.filter { !taken.contains(steps + [$0]) }
    guard node.value(at: path) == nil else {
      return output.error(
        .wrongShape, node, pointer(path),
        "the record has null in \"\(excerpt(name))\", which the mapping calls \(key)")
    }
    var hint = closest(to: wanted, in: free).map { "did you mean \(pointer(steps + [$0]))?" }
    if !name.hasPrefix("/"), name.contains("/") || name.contains(".") {
      let inner = name.split(whereSeparator: { $0 == "/" || $0 == "." }).map { String($0) }
      if node.value(at: inner) != nil, !taken.contains(inner) {
        hint = "a way into a record begins with a slash: \(pointer(inner))"
      }
    }
    if hint == nil, !keys.isEmpty {
      let shown = keys.prefix(12).map { "\"\(excerpt($0))\"" }.joined(separator: ", ")
      hint = "\(steps.isEmpty ? "the record" : pointer(steps)) has \(shown)" + (keys.count > 12 ? ", …" : "")
    }
    output.error(
      .wrongShape, holder, steps.isEmpty ? "" : pointer(steps),
      "the record has no \"\(excerpt(name))\", which the mapping calls \(key)", hint: hint)
  }

  // MARK: - And back

  /// Leads pointers of what a format made of the record back to the file, and gives the examples their group.
  func restore(_ output: inout ConvertedRecord, from node: JSONNode) {
    for index in output.findings.indices {
      restore(&output.findings[index].pointer)
      if output.findings[index].code == .evidenceDisagrees {
        output.findings[index].message = restoredNames(in: output.findings[index].message)
      }
      if output.findings[index].code == .unknownRole {
        output.findings[index].hint = "say under roles in the mapping which role the speaker has"
      }
    }
    for index in output.drafts.indices {
      restore(&output.drafts[index].pointer)
      for place in output.drafts[index].findings.indices {
        restore(&output.drafts[index].findings[place].pointer)
      }
      for place in output.drafts[index].evidence.indices {
        let key = output.drafts[index].evidence[place].pointer.dropFirst()
        if let field = paths.first(where: { $0.key == key }) {
          let name = output.drafts[index].evidence[place].name
          output.drafts[index].evidence[place].name = name.replacing(
            "\"\(field.key)\"", with: "\"\(excerpt(field.name))\"")
        }
        restore(&output.drafts[index].evidence[place].pointer)
      }
      for place in output.drafts[index].prompt.indices { restore(&output.drafts[index].prompt[place]) }
      for place in output.drafts[index].completion.indices {
        restore(&output.drafts[index].completion[place])
      }
    }
    readGroup(of: node, into: &output)
  }

  /// A message with the fields in it under the names that the mapping has for them.
  private func restoredNames(in message: String) -> String {
    message.split(separator: "\"", omittingEmptySubsequences: false).map { part in
      paths.first { $0.key == part }.map { excerpt($0.name) } ?? String(part)
    }.joined(separator: "\"")
  }

  private func restore(_ turn: inout Turn) {
    restore(&turn.pointer)
    restore(&turn.contentPointer)
  }

  private func restore(_ text: inout String) {
    guard !text.isEmpty else { return }
    var steps = fieldPath(text)
    guard let field = paths.first(where: { $0.key == steps[0] }) else { return }
    if steps.count > 2, steps[2] == "role", !role.isEmpty { steps.replaceSubrange(2...2, with: role) }
    if steps.count > 2, steps[2] == "content", !content.isEmpty {
      steps.replaceSubrange(2...2, with: content)
    }
    text = pointer(field.path + steps.dropFirst())
  }

  private func readGroup(of node: JSONNode, into output: inout ConvertedRecord) {
    guard !group.isEmpty, let value = node.value(at: group), !value.isNull else { return }
    let text = value.string ?? value.int.map { String($0) }
    guard let text, !text.isEmpty, text.utf8.count <= 256 else {
      return output.error(
        .wrongShape, value, pointer(group), "a group must be a whole number or a text of 1 to 256 bytes")
    }
    for index in output.drafts.indices { output.drafts[index].group = text }
  }

  private func pointer(_ steps: [String]) -> String { steps.map { jsonPointerToken($0) }.joined() }

  // MARK: - The rest

  /// A field that the format did not use, as the file calls it.
  func name(of field: String) -> String {
    let key = field.prefix { $0 != "." && $0 != "[" }
    guard let mapped = paths.first(where: { $0.key == key }) else { return field }
    return mapped.path.joined(separator: ".") + field.dropFirst(key.count)
  }

  /// The members of the record without the fields that are read; an object that holds nothing else is left out.
  func rest(of object: JSONObject) -> [JSONObject.Member] {
    object.members.compactMap { member in
      let below = (paths.map(\.path) + [group]).filter { $0.first == member.key }.map { $0.dropFirst() }
      guard let left = without(below, member.node) else { return nil }
      return JSONObject.Member(member.key, left, keyOffset: member.keyOffset)
    }
  }

  private func without(_ paths: [ArraySlice<String>], _ node: JSONNode) -> JSONNode? {
    guard !paths.isEmpty else { return node }
    guard !paths.contains(where: \.isEmpty) else { return nil }
    guard let object = node.object else { return node }
    let members = object.members.compactMap { member -> JSONObject.Member? in
      let below = paths.filter { $0.first == member.key }.map { $0.dropFirst() }
      guard let left = without(below, member.node) else { return nil }
      return JSONObject.Member(member.key, left, keyOffset: member.keyOffset)
    }
    return members.isEmpty ? nil : JSONNode(.object(JSONObject(members)), offset: node.offset)
  }
}
