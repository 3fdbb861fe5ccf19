internal import KTOCore

/// Records that lie within the one value of a file: a list under a key, values by their ids, JSON within a string.
enum RecordNesting: Equatable, Sendable {
  /// The keys whose values are lists of records.
  case lists(keys: [String])
  /// Every value of the object is a record.
  case values
  /// The record is JSON that was written into a string.
  case strings

  /// Nil where there seem to be no records in the value.
  init?(in value: JSONNode) {
    if let text = value.string {
      var parser = JSONParser()
      guard let inner = try? parser.parse(text.utf8), inner.object != nil else { return nil }
      self = .strings
      return
    }
    guard let members = value.object?.members, !members.isEmpty else { return nil }
    let keys = members.filter { $0.node.array?.first.map(isRecord) ?? false }.map(\.key)
    if !keys.isEmpty {
      self = .lists(keys: keys)
    } else if members.prefix(8).allSatisfy({ isRecord($0.node) }) {
      self = .values
    } else {
      return nil
    }
  }

  /// How the records are taken out.
  var hint: String {
    switch self {
    case .lists(let keys):
      let named = keys.prefix(4).map { "\"\(excerpt($0))\"" }.joined(separator: ", ")
      let path = keys.count == 1 ? #"."\#(excerpt(keys[0]))"[]"# : ".[][]"
      return
        "the records seem to be in \(named); take them out, for example: jq -c '\(path)' FILE > RECORDS.jsonl"
    case .values:
      return
        "the records seem to be the values by their keys; take them out, for example: jq -c '.[]' FILE > RECORDS.jsonl"
    case .strings:
      return
        "the record is JSON within a string; take it out, for example: jq -c fromjson FILE > RECORDS.jsonl"
    }
  }
}

/// Whether a format has evidence for a value.
private func isRecord(_ value: JSONNode) -> Bool {
  guard let object = value.object else { return false }
  return recordFormats.contains { $0.evidence(in: object) > 1 }
}
