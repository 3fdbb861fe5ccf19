internal import KTOCore
internal import KTOSchema

/// Reads a Stack Exchange dump's `Posts.xml`: each answer with its question as prompt.
///
/// Two passes: the first notes where each question stands, the second takes the answers and reads their
/// questions again by offset. About 50 bytes a question are held, never a body.
struct StackExchangeReader {
  let path: String
  let name: String
  let schema: XMLSchema?

  private struct Question {
    var byteOffset: Int
    var byteCount: Int
    var acceptedAnswer: Int?
  }

  func read(
    ids: IDRegistry, _ body: (IngestEvent) throws -> Void
  ) throws -> IngestSummary {
    var summary = IngestSummary(file: name, format: .stackexchange)
    var questions: [Int: Question] = [:]
    let failure = try scanXMLRows(path: path, wanted: ["Id", "PostTypeId", "AcceptedAnswerId"]) { row in
      guard row["PostTypeId"] == "1", let id = row["Id"].flatMap({ Int($0) }) else { return }
      questions[id] = Question(
        byteOffset: row.byteOffset, byteCount: row.byteCount,
        acceptedAnswer: row["AcceptedAnswerId"].flatMap { Int($0) })
    }
    // Only a text that is well-formed, and so free of declarations, goes on to the schema.
    var violations: [Int: Diagnostic] = [:]
    if failure == nil, let schema {
      for found in try schema.violations(inFile: path, name: name) {
        if let line = found.location?.line, violations[line] == nil {
          violations[line] = found
        } else {
          try body(.finding(found))
        }
      }
    }
    var cache = QuestionCache(file: try FileByteSource(path: path))
    _ = try scanXMLRows(path: path) { row in
      summary.records += 1
      let place = SourceLocation(
        file: name, byteOffset: row.byteOffset, line: row.line, column: row.column)
      func reject(_ diagnostic: Diagnostic) throws {
        summary.rejected += 1
        try body(
          .rejected(
            diagnostic, record: try cache.bytes(at: row.byteOffset, count: row.byteCount) + Array("/>".utf8)))
      }
      if var violation = violations.removeValue(forKey: row.line) {
        violation.location = place
        return try reject(violation)
      }
      guard row["PostTypeId"] == "2" else {
        summary.skipped += 1
        return
      }
      let answer: Answer
      do throws(Answer.Problem) { answer = try Answer(row) } catch let problem {
        return try reject(
          Diagnostic(.error, code: "E11", at: place, pointer: problem.pointer, message: problem.message))
      }
      guard let question = questions[answer.parent],
        let prompt = try cache.prompt(
          of: answer.parent, at: question.byteOffset, count: question.byteCount)
      else {
        return try reject(
          Diagnostic(
            .error, code: "E04", at: place, pointer: "/ParentId",
            message: "the answer's question \(answer.parent) is not in the file",
            hint: "keep questions and answers in one file"))
      }
      let text = markdown(fromHTML: answer.body)
      if isBlankText(text) || isBlankText(prompt) {
        return try reject(
          Diagnostic(
            .error, code: "E02", at: place, pointer: isBlankText(text) ? "/Body" : "/ParentId",
            message: isBlankText(text) ? "the answer is empty or blank" : "the question is empty or blank",
            hint: "remove the row"))
      }
      let messages = [Message(role: "user", content: prompt)]
      summary.examples += 1
      try body(
        .example(
          Example(
            id: ids.unique("\(fileStem(name))-\(answer.id)"), prompt: messages,
            completion: [Message(role: "assistant", content: text)], group: promptGroup(messages),
            source: Source(file: name, line: row.line, byteOffset: row.byteOffset),
            signal: .score(answer.score, isAccepted: question.acceptedAnswer == answer.id))))
    }
    for (_, violation) in violations.sorted(by: { $0.key < $1.key }) { try body(.finding(violation)) }
    if let failure {
      summary.isComplete = false
      try body(
        .finding(
          Diagnostic(
            .error, code: "E00",
            at: SourceLocation(
              file: name, byteOffset: failure.byteOffset, line: failure.line, column: failure.column),
            message: "not well-formed XML: \(failure.message); \(summary.records) whole "
              + "row\(summary.records == 1 ? "" : "s") before it")))
    }
    return summary
  }
}

/// What an answer's row must bring.
private struct Answer {
  var id: Int
  var parent: Int
  var score: Double
  var body: String

  struct Problem: Error {
    var pointer: String
    var message: String
  }

  init(_ row: XMLRow) throws(Problem) {
    id = try Self.integer("Id", row)
    parent = try Self.integer("ParentId", row)
    score = Double(try Self.integer("Score", row))
    guard let body = row["Body"] else {
      throw Problem(pointer: "/Body", message: "the answer has no Body")
    }
    self.body = body
  }

  private static func integer(_ name: String, _ row: XMLRow) throws(Problem) -> Int {
    guard let text = row[name] else {
      throw Problem(pointer: "/" + name, message: "the answer has no \(name)")
    }
    guard let number = Int(text), number.magnitude < 1 << 53 else {
      throw Problem(pointer: "/" + name, message: "\(name) is \"\(excerpt(text))\", not an integer")
    }
    return number
  }
}

/// Reads questions by their offset and keeps the last few prompts, since answers follow their questions.
private struct QuestionCache {
  private let file: FileByteSource
  private var recent: [(id: Int, prompt: String?)] = []

  init(file: FileByteSource) { self.file = file }

  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try file.read(at: offset, count: count)
  }

  /// Title and body of a question as one text; nil where the row cannot be read.
  mutating func prompt(of id: Int, at offset: Int, count: Int) throws -> String? {
    if let known = recent.first(where: { $0.id == id }) { return known.prompt }
    let tag = try bytes(at: offset, count: count) + Array("/>".utf8)
    var prompt: String?
    if let row = parseXMLTag(tag), row["Id"].flatMap({ Int($0) }) == id {
      let parts = [row["Title"], row["Body"].map { markdown(fromHTML: $0) }]
      prompt = parts.compactMap { $0 }.filter { !isBlankText($0) }.joined(separator: "\n\n")
    }
    if recent.count == 32 { recent.removeFirst() }
    recent.append((id, prompt))
    return prompt
  }
}
