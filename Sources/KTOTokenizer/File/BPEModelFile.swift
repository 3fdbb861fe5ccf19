internal import KTOCore

/// No vocabulary has as many tokens as this; ids beyond it would only take memory.
private let idLimit = 1 << 24

/// The BPE model of a file's `model` member.
func bpeModel(_ field: JSONField) throws(TokenizerError) -> BPEModel {
  _ = try field.object()
  if let type = field["type"].node {
    let name = type.string ?? type.typeName
    guard name == "BPE" else { throw .unsupported(stage: .model, component: name, detail: nil) }
  }
  for option in ["continuing_subword_prefix", "end_of_word_suffix"] where !field[option].isNull {
    let text = try field[option].text()
    if !text.isEmpty { throw .unsupported(stage: .model, component: "BPE", detail: "\(option) \"\(text)\"") }
  }
  if let dropout = field["dropout"].node, !dropout.isNull {
    guard dropout.double == 0 else {
      throw .unsupported(stage: .model, component: "BPE", detail: "dropout: ids that change from run to run")
    }
  }
  let members = try field["vocab"].object().members
  var vocabulary = ByteKeyTable(minimumCapacity: members.count)
  var tokens = [String?](repeating: nil, count: members.count)
  for member in members {
    guard let id = member.node.int, id >= 0, id < idLimit else {
      throw .idOutOfRange(token: member.key, limit: idLimit - 1)
    }
    if id >= tokens.count {
      tokens.append(contentsOf: repeatElement(nil, count: id + 1 - tokens.count))
    }
    tokens[id] = member.key
    vocabulary.insert(member.key, UInt32(id))
  }
  let merges = try mergeTable(field["merges"], vocabulary)
  let byteIDs = ByteLevelAlphabet.scalars.map { vocabulary.find(String(Character($0))) }
  if try field["byte_fallback"].flag(or: false), byteIDs.contains(nil) {
    throw .unsupported(stage: .model, component: "BPE", detail: "byte_fallback")
  }
  var unknownID: UInt32?
  if !field["unk_token"].isNull {
    let unknown = try field["unk_token"].text()
    unknownID = vocabulary.find(unknown)
    if unknownID == nil, byteIDs.contains(nil) { throw .unknownTokenMissing(token: unknown) }
  }
  return BPEModel(
    vocabulary: vocabulary, tokens: tokens, byteIDs: byteIDs, merges: merges,
    wholeWords: try field["ignore_merges"].flag(or: false) ? wholeWords(tokens) : nil,
    unknownID: unknownID, fusesUnknown: try field["fuse_unk"].flag(or: false))
}

/// The tokens by the bytes they stand for. No two tokens stand for the same bytes.
private func wholeWords(_ tokens: [String?]) -> ByteKeyTable {
  var table = ByteKeyTable(minimumCapacity: tokens.count)
  for (id, token) in tokens.enumerated() {
    if let token, let bytes = ByteLevelAlphabet.decode(token) { table.insert(bytes.span, UInt32(id)) }
  }
  return table
}

/// The merges, each a string of two parts or an array of two. Of the same pair the last wins.
private func mergeTable(
  _ field: JSONField, _ vocabulary: ByteKeyTable
) throws(TokenizerError) -> MergeTable {
  guard let items = field.node?.array else { throw field.malformed("an array") }
  var table = MergeTable(capacity: items.count)
  var joined: [UInt8] = []
  var rank: UInt32 = 0
  for (index, item) in items.enumerated() {
    let left: String
    let right: String
    if let text = item.string {
      // The legacy form may carry the first line of a merges.txt.
      if text.utf8.starts(with: "#version".utf8) { continue }
      let parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw .invalidMerge(index: index) }
      left = String(Substring(parts[0]))
      right = String(Substring(parts[1]))
    } else if let parts = item.array, parts.count == 2, let first = parts[0].string,
      let second = parts[1].string
    {
      left = first
      right = second
    } else {
      throw .invalidMerge(index: index)
    }
    guard let leftID = vocabulary.find(left) else {
      throw .mergeTokenMissing(index: index, token: left)
    }
    guard let rightID = vocabulary.find(right) else {
      throw .mergeTokenMissing(index: index, token: right)
    }
    joined.removeAll(keepingCapacity: true)
    joined.append(contentsOf: left.utf8)
    joined.append(contentsOf: right.utf8)
    guard let merged = vocabulary.find(joined.span) else {
      throw .mergeTokenMissing(index: index, token: left + right)
    }
    table.insert(leftID, rightID, rank: rank, merged: merged)
    rank += 1
  }
  return table
}
