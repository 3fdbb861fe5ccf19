internal import KTOCore

/// How a record with a prompt, a completion and a label becomes an example: TRL's unpaired format, and the examples
/// this tool writes itself, which add id, group, weight and source.
///
/// Text stands for one user message and one assistant message.
struct UnpairedRecord {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    var draft = Draft(prompt: [], completion: [])
    draft.evidence = output.evidence(of: record, "")
    if record["label"] == nil { draft.evidence += signals(record["signal"], in: &output) }
    draft.source = source(record["source"], in: &output)
    // What an earlier stage kept may hold what rules ask for.
    if output.words.ruleFields != nil, let kept = record["metadata"]?.object {
      let own = draft.source.map { $0.owned(of: kept) } ?? kept
      draft.evidence += output.evidence(
        of: JSONNode(.object(own), offset: record["metadata"]?.offset ?? 0), "/metadata")
    }
    draft.group = text("group", of: record, in: &output)
    if let weight = record["weight"], !weight.isNull {
      if let number = weight.double, number.isFinite, number >= 0 {
        draft.weight = number
      } else {
        output.error(.wrongShape, weight, "/weight", "a weight must be a number that is not negative")
      }
    }
    draft.metadata = record["metadata"]?.object
    if let turns = output.question(of: record) {
      draft.prompt = turns
    } else if !output.hasError {
      output.error(.wrongShape, record, "", "the record has no \"prompt\"")
    }
    if let node = record["completion"] {
      draft.completion = output.turnsOrText(node, "/completion", role: "assistant") ?? []
    } else {
      output.error(.wrongShape, record, "", "the record has no \"completion\"")
    }
    guard !output.hasError else { return }
    draft.offset = record["completion"]?.offset ?? record.offset
    draft.pointer = "/completion"
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }

  /// What an example that is not labelled yet carries instead, one object or a list of them: `{"field": bool}`,
  /// `{"pair": bool}`, `{"tie": true}`, `{"score": number, "accepted": bool}`, `{"rank": number, "last": number}`,
  /// `{"word": string}` or `{"value": any, "at": pointer}`.
  private func signals(_ node: JSONNode?, in output: inout ConvertedRecord) -> [Evidence] {
    guard let node, !node.isNull else { return [] }
    var found: [Evidence] = []
    for item in node.array ?? [node] {
      guard let signal = signal(item) else {
        output.error(
          .wrongShape, item, "/signal",
          "a signal holds a bool field, a bool pair, a tie, a number score, a rank with the last, a word, or a value"
        )
        return []
      }
      found.append(Evidence(signal: signal, name: "\"signal\"", offset: item.offset, pointer: "/signal"))
    }
    return found
  }

  private func signal(_ node: JSONNode) -> Signal? {
    if let flag = node["field"]?.bool { return .field(flag) }
    if let flag = node["pair"]?.bool { return .pair(flag) }
    if node["tie"]?.bool == true { return .tie }
    if let rank = node["rank"]?.int, let last = node["last"]?.int { return .rank(rank, last: last) }
    if let word = node["word"]?.string { return .word(word) }
    if let value = node["value"], let place = node["at"]?.string {
      return .value(value.value, at: fieldPath(place))
    }
    guard let score = node["score"]?.double, score.isFinite else { return nil }
    return .score(score, isAccepted: node["accepted"]?.bool ?? false)
  }

  private func text(_ key: String, of record: JSONNode, in output: inout ConvertedRecord) -> String? {
    guard let node = record[key], !node.isNull else { return nil }
    if let text = node.string, !text.isEmpty, text.utf8.count <= 256 { return text }
    output.error(.wrongShape, node, "/" + key, "\"\(key)\" must be a string of 1 to 256 bytes")
    return nil
  }

  private func source(_ node: JSONNode?, in output: inout ConvertedRecord) -> Source? {
    guard let node, let file = node["file"]?.string else { return nil }
    guard let line = node["line"]?.int, let offset = node["byteOffset"]?.int, line >= 0, offset >= 0 else {
      output.error(.wrongShape, node, "/source", "a source holds file, line, byteOffset and pointer")
      return nil
    }
    return Source(
      file: file, line: line, column: max(1, node["column"]?.int ?? 1), byteOffset: offset,
      pointer: node["pointer"]?.string ?? "",
      verdicts: node["verdicts"]?.array?.compactMap(\.string) ?? [])
  }
}

extension Source {
  /// The metadata that is about the example. One of several of a record has the record's fields, too, which are not.
  fileprivate func owned(of metadata: JSONObject) -> JSONObject {
    pointer.isEmpty
      ? metadata : JSONObject(metadata.members.filter { verdicts.contains($0.key) })
  }
}
