internal import KTOCore

/// What the first records of a file say about it: its format, or why nothing of it is read.
struct FirstRecords {
  let file: String
  let isNamed: Bool

  /// The format of a file; nil where it holds no record that tells.
  /// - Parameters:
  ///   - format: the one that the user names, if any: then it is only looked whether the file may hold records of it.
  ///   - container: the file, at its beginning.
  ///   - batches: what is read of it is added here.
  /// - Throws: `FileRefusal`.
  func format(
    _ format: (any RecordFormat.Type)?, in container: inout any RecordContainer,
    reading batches: inout [RecordBatch]
  ) throws -> (any RecordFormat.Type)? {
    var evidence = FormatEvidence()
    var parser = JSONParser()
    // The first lines that are no JSON.
    var lines: [ArraySlice<UInt8>] = []
    var first: TextPosition?
    let limit = FormatEvidence.recordLimit
    while evidence.recordCount < limit, evidence.recordCount > 0 || lines.count < limit,
      format == nil || batches.isEmpty, let batch = try container.next()
    {
      batches.append(batch)
      func add(_ node: JSONNode?, at place: TextPosition) {
        guard let node, evidence.recordCount < limit else { return }
        first = first ?? place
        evidence.add(node)
      }
      if case .decoded(let records) = batch.records {
        for record in records { add(record.value, at: record.position) }
      }
      batch.forEachText { text, place in
        guard evidence.recordCount < limit else { return }
        let node = try? parser.parse(text)
        if node == nil, lines.count < limit { lines.append(text) }
        add(node, at: place)
      }
    }
    if evidence.recordCount == 0 {
      if container is JSONLines, !lines.isEmpty { try refuseText(lines) }
      return format
    }
    if let shape = evidence.refusedShape {
      throw FileRefusal(shape.code, in: file, at: first, shape.message, hint: shape.hint)
    }
    return try format ?? told(by: evidence, first: first)
  }

  private func told(by evidence: FormatEvidence, first: TextPosition?) throws -> any RecordFormat.Type {
    guard evidence.candidates.count < 2 else {
      throw FileRefusal(
        .unknownFormat, in: file, at: first,
        "the file could be \(evidence.candidates.joined(separator: " or ")) (\(evidence))",
        hint: "choose one of them by its name")
    }
    guard let format = evidence.candidates.first.flatMap({ recordFormat(named: $0) }) else {
      throw FileRefusal(
        .unknownFormat, in: file, at: first, "no known format fits: \(evidence.firstRecord)",
        hint: evidence.advice)
    }
    return format
  }

  /// Refuses lines none of which is JSON, where they do not even try to be.
  private func refuseText(_ lines: [ArraySlice<UInt8>]) throws {
    let position = TextPosition()
    if GroupChat.isRecognized(inLines: lines) {
      throw FileRefusal(GroupChat.code, in: file, at: position, GroupChat.message, hint: GroupChat.hint)
    }
    let head = lines[0].prefix(4).map { $0 }
    if head.count == 4, head[0] == 0 && head[2] == 0 || head[1] == 0 && head[3] == 0 {
      throw FileRefusal(
        .unknownFormat, in: file, at: position,
        "every second byte is NUL, as in UTF-16 without a byte order mark",
        hint:
          "save the file as UTF-8, for example: iconv -f \(head[0] == 0 ? "UTF-16BE" : "UTF-16LE") -t UTF-8")
    }
    guard !lines.contains(where: seemsJSON) else { return }
    let isBinary = lines.contains { $0.contains(0) || firstInvalidUTF8(in: Array($0).span) != nil }
    let what =
      isBinary
      ? "this is no text, and of no kind that is known" : "this is text, but neither JSON nor a table"
    throw FileRefusal(
      isNamed ? .unknownFormat : .unreadable, in: file, at: position, what,
      hint: "a file may hold one of these: " + containerSummaries.map(\.name).joined(separator: ", "))
  }

  /// Whether a line begins as an object, a list or a text does, in JSON or in Python.
  private func seemsJSON(_ line: ArraySlice<UInt8>) -> Bool {
    let head = line.prefix(2).map { $0 }
    let openers = Array("{\"'".utf8)
    guard head.first == UInt8(ascii: "[") else { return head.first.map { openers.contains($0) } ?? false }
    return head.count < 2 || openers.contains(head[1]) || head[1] == UInt8(ascii: "[") || isJSONSpace(head[1])
  }
}
