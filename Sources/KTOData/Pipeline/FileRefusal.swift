internal import KTOCore

/// Why nothing of one file is read: a finding of that file, after which the others are read.
struct FileRefusal: Error {
  var finding: Diagnostic

  init(
    _ code: Code, in file: String, at position: TextPosition? = nil, _ message: String, hint: String? = nil
  ) {
    let location = position?.location(in: file) ?? .whole(file)
    finding = Diagnostic(code, at: location, message: message, hint: hint)
  }
}

/// Opens a file and undoes its compression.
/// - Throws: `FileRefusal`; `FileError` for a file that is named.
func openSource(_ file: InputFile) throws -> InputSource {
  do {
    return try InputSource(file.path)
  } catch InputError.refused(_, let format) {
    throw FileRefusal(
      .unknownFormat, in: file.path, "this is \(format.name), which is not read",
      hint: format.remedy.map { "unpack or convert it first, for example: \($0)" })
  } catch let error as InputError {
    throw FileRefusal(.notParseable, in: file.path, error.cause)
  } catch let error as FileError where !file.isNamed {
    throw FileRefusal(.unreadable, in: file.path, "this is left out: \(error.reason)")
  }
}

/// The format that a file's first records tell; nil where there are no records that do. The batches they are in are
/// added to `batches`.
/// - Throws: `FileRefusal`.
func told(
  by container: inout any RecordContainer, in file: String, isNamed: Bool,
  reading batches: inout [RecordBatch]
) throws -> (any RecordFormat.Type)? {
  var evidence = FormatEvidence()
  var parser = JSONParser()
  var lines: [ArraySlice<UInt8>] = []
  var first: TextPosition?
  while evidence.recordCount < FormatEvidence.recordLimit, let batch = try container.next() {
    batches.append(batch)
    func add(_ node: JSONNode?, at place: TextPosition) {
      guard let node, evidence.recordCount < FormatEvidence.recordLimit else { return }
      first = first ?? place
      evidence.add(node)
    }
    if case .decoded(let records) = batch.records {
      for record in records { add(record.value, at: record.position) }
    }
    batch.forEachText { text, place in
      guard evidence.recordCount < FormatEvidence.recordLimit else { return }
      let node = try? parser.parse(text)
      if node == nil, lines.count < FormatEvidence.recordLimit { lines.append(text) }
      add(node, at: place)
    }
    if evidence.recordCount == 0, lines.count == FormatEvidence.recordLimit { break }
  }
  let known = "the formats that are read are " + recordFormatNames.joined(separator: ", ")
  if evidence.recordCount == 0 {
    if container is JSONLines, !lines.isEmpty { try refuseText(lines, in: file, isNamed: isNamed) }
    return nil
  }
  if let shape = evidence.refusedShape {
    throw FileRefusal(shape.code, in: file, at: first, shape.message, hint: shape.hint)
  }
  guard evidence.candidates.count < 2 else {
    throw FileRefusal(
      .unknownFormat, in: file, at: first,
      "the file could be \(evidence.candidates.joined(separator: " or ")) (\(evidence))",
      hint: "choose one of them by its name")
  }
  guard let format = evidence.candidates.first.flatMap({ recordFormat(named: $0) }) else {
    throw FileRefusal(
      .unknownFormat, in: file, at: first, "no known format fits: \(evidence.firstRecord)", hint: known)
  }
  return format
}

/// Whether a line begins as an object, a list or a text does, in JSON or in Python.
private func seemsJSON(_ line: ArraySlice<UInt8>) -> Bool {
  let head = line.prefix(2).map { $0 }
  let openers = Array("{\"'".utf8)
  guard head.first == UInt8(ascii: "[") else { return head.first.map { openers.contains($0) } ?? false }
  return head.count < 2 || openers.contains(head[1]) || head[1] == UInt8(ascii: "[") || isJSONSpace(head[1])
}

/// Refuses lines none of which is JSON, where they do not even try to be.
private func refuseText(_ lines: [ArraySlice<UInt8>], in file: String, isNamed: Bool) throws {
  let position = TextPosition()
  if GroupChat.isRecognized(inLines: lines) {
    throw FileRefusal(GroupChat.code, in: file, at: position, GroupChat.message, hint: GroupChat.hint)
  }
  guard !lines.contains(where: seemsJSON) else { return }
  let isBinary = lines.contains { $0.contains(0) || firstInvalidUTF8(in: Array($0).span) != nil }
  let what =
    isBinary ? "this is no text, and of no kind that is known" : "this is text, but neither JSON nor a table"
  throw FileRefusal(
    isNamed ? .unknownFormat : .unreadable, in: file, at: position, what,
    hint: "what is read is " + containerSummaries.map(\.name).joined(separator: ", "))
}
