internal import KTOCore

/// Gives each answer of a `Posts.xml` its question, in one pass over the file.
///
/// Questions lie in a nameless scratch file, with about 50 bytes each in memory; an answer that comes before its
/// question waits there, too, and is handed on at the end. A class because it owns the file; used by one thread.
final class StackExchangeJoin: RecordJoin {
  private typealias Place = (offset: Int, count: Int)

  private var scratch: ScratchFile
  private var questions: [Int: Place] = [:]
  private var waiting: [(parent: Int, place: Place, position: TextPosition)] = []
  /// The last few questions, since answers follow their questions.
  private var recent: [(id: Int, node: JSONNode)] = []
  private var parser = JSONParser()

  init(scratchFolder: String) throws { scratch = try ScratchFile(folder: scratchFolder) }

  func take(_ record: DecodedRecord) throws -> [DecodedRecord] {
    guard let row = record.value else { return [record] }
    switch row["PostTypeId"]?.string {
    case "1":
      if let id = number("Id", of: row) {
        questions[id] = try store(row, ["Id", "AcceptedAnswerId", "Title", "Body"])
      }
    case "2":
      guard let parent = number("ParentId", of: row) else { return [record] }
      if let question = try question(parent) { return [record.answering(question)] }
      let place = try store(
        .members(["row": row.value, "text": .string(String(decoding: record.text, as: UTF8.self))]))
      waiting.append((parent, place, record.position))
      return []
    default: break
    }
    // A question, a wiki, a nomination: part of the format, but no example.
    return [DecodedRecord(value: nil, position: record.position, text: record.text)]
  }

  func finish() throws -> [DecodedRecord] {
    defer { waiting = [] }
    return try waiting.map { entry in
      let stored = try read(entry.place)
      let record = DecodedRecord(
        value: stored["row"], position: entry.position, text: Array((stored["text"]?.string ?? "").utf8))
      if let question = try question(entry.parent) { return record.answering(question) }
      var orphan = record
      orphan.finding = RecordFinding(
        code: .roleOrder, offset: 0, pointer: "/ParentId",
        message: "the answer's question \(entry.parent) is not in the file",
        hint: "keep questions and answers in one file")
      return orphan
    }
  }

  private func number(_ name: String, of row: JSONNode) -> Int? { row[name]?.string.flatMap { Int($0) } }

  private func question(_ id: Int) throws -> JSONNode? {
    if let known = recent.first(where: { $0.id == id }) { return known.node }
    guard let place = questions[id] else { return nil }
    let node = try read(place)
    if recent.count == 32 { recent.removeFirst() }
    recent.append((id, node))
    return node
  }

  private func store(_ row: JSONNode, _ names: [String]) throws -> Place {
    let members = names.compactMap { name in row[name].map { JSONObject.Member(name, $0) } }
    return try store(.object(JSONObject(members)))
  }

  private func store(_ value: JSONValue) throws -> Place {
    let offset = scratch.byteCount
    try scratch.append(Array(value.jsonText.utf8))
    return (offset, scratch.byteCount - offset)
  }

  private func read(_ place: Place) throws -> JSONNode {
    try parser.parse(scratch.read(at: place.offset, count: place.count))
  }
}

extension DecodedRecord {
  /// The record with its question as a member.
  fileprivate func answering(_ question: JSONNode) -> DecodedRecord {
    guard var object = value?.object else { return self }
    object.members.append(JSONObject.Member("question", question))
    var record = self
    record.value = JSONNode(.object(object))
    return record
  }
}
