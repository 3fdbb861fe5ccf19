internal import KTOCore

/// How a record with a prompt, a completion and a label becomes an example: TRL's unpaired format, and the examples
/// this tool writes itself, which add id, group, weight and source.
///
/// Text stands for one user message and one assistant message.
struct UnpairedRecord {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    var draft = Draft(prompt: [], completion: [])
    draft.signal =
      record["label"] == nil
      ? signal(record["signal"], in: &output) : output.strictLabel(record["label"], "/label")
    draft.group = text("group", of: record, in: &output)
    if let weight = record["weight"], !weight.isNull {
      if let number = weight.double, number.isFinite, number >= 0 {
        draft.weight = number
      } else {
        output.error(.wrongShape, weight, "/weight", "a weight must be a number that is not negative")
      }
    }
    draft.tools = output.tools(record["tools"], "/tools")
    draft.source = source(record["source"], in: &output)
    if let turns = side("prompt", of: record, role: "user", in: &output) { draft.prompt = turns }
    if let turns = side("completion", of: record, role: "assistant", in: &output) { draft.completion = turns }
    guard !output.hasError else { return }
    draft.offset = record["completion"]?.offset ?? record.offset
    draft.pointer = "/completion"
    output.drafts.append(draft)
  }

  private func side(
    _ key: String, of record: JSONNode, role: String, in output: inout ConvertedRecord
  ) -> [Turn]? {
    guard let node = record[key] else {
      output.error(.wrongShape, record, "", "the record has no \"\(key)\"")
      return nil
    }
    return output.turnsOrText(node, "/" + key, role: role)
  }

  /// What an example that is not labelled yet carries instead: `{"field": bool}`, `{"pair": bool}` or
  /// `{"score": number, "accepted": bool}`.
  private func signal(_ node: JSONNode?, in output: inout ConvertedRecord) -> Signal {
    guard let node, !node.isNull else { return .none }
    if let flag = node["field"]?.bool { return .field(flag) }
    if let flag = node["pair"]?.bool { return .pair(flag) }
    if let score = node["score"]?.double, score.isFinite {
      return .score(score, isAccepted: node["accepted"]?.bool ?? false)
    }
    output.error(.wrongShape, node, "/signal", "a signal holds a bool field, a bool pair or a number score")
    return .none
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
      pointer: node["pointer"]?.string ?? "")
  }
}
