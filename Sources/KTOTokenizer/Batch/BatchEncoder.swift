internal import KTOCore

/// The ids of a batch's documents, as they are to be written.
struct EncodedBatch: Sendable {
  /// The documents before the first problem, in the format asked for.
  var output: [UInt8] = []
  /// For each document of `output`, the number of ids.
  var tokenCounts: [Int] = []
  /// All documents of the batch, those with a problem too.
  var documentCount = 0
  /// Lines of the input; 0 where documents are no lines.
  var lineCount = 0
  /// Bytes of text in the documents.
  var textByteCount = 0
  /// In the order of the input.
  var problems: [DocumentProblem] = []
}

/// What every batch of a run is encoded with.
package struct EncodingSettings: Sendable {
  package var tokenizer: Tokenizer
  package var separator: DocumentSeparator
  package var addSpecialTokens: Bool
  package var format: TokenFormat

  package init(
    tokenizer: Tokenizer, separator: DocumentSeparator = .none, addSpecialTokens: Bool = true,
    format: TokenFormat = .jsonl
  ) {
    self.tokenizer = tokenizer
    self.separator = separator
    self.addSpecialTokens = addSpecialTokens
    self.format = format
  }
}

/// Cuts batches into documents and encodes these. Keeps its memory from batch to batch; one belongs to one thread.
struct BatchEncoder: ~Copyable {
  private let settings: EncodingSettings
  private let session: EncodingSession
  private var formatter: TokenFormatter
  private var parser = JSONParser()

  init(_ settings: EncodingSettings) {
    self.settings = settings
    session = EncodingSession(settings.tokenizer)
    formatter = TokenFormatter(settings.format, tokenizer: settings.tokenizer)
  }

  /// - Throws: what encoding throws apart from `invalidUTF8`, which is a problem of its document.
  mutating func encode(_ batch: DocumentBatch) throws -> EncodedBatch {
    session.removeAll()
    var result = EncodedBatch()
    let bytes = batch.bytes.span
    switch settings.separator {
    case .none: try append(bytes, at: batch.byteOffset, line: nil, &result)
    case .nul, .newline: try appendParts(of: bytes, at: batch.byteOffset, &result)
    case .jsonl(let field): try appendRows(of: batch, field: field, &result)
    }
    finish(&result)
    return result
  }

  /// Encodes documents that are at hand.
  mutating func encode(texts: [String]) throws -> EncodedBatch {
    session.removeAll()
    var result = EncodedBatch()
    for text in texts { try append(text.utf8Span.span, at: 0, line: nil, &result) }
    finish(&result)
    return result
  }

  private mutating func finish(_ result: inout EncodedBatch) {
    session.finish()
    // References to what is in the session, not copies.
    let (ids, ends) = (session.documents.ids, session.documents.ends)
    result.documentCount = ends.count
    let soundCount = result.problems.first?.document ?? ends.count
    let sound = ends.span.extracting(first: soundCount)
    let end = soundCount == 0 ? 0 : sound[soundCount - 1]
    result.output = formatter.bytes(ids: ids.span.extracting(first: end), ends: sound)
    result.tokenCounts.reserveCapacity(soundCount)
    var start = 0
    for index in sound.indices {
      result.tokenCounts.append(sound[index] - start)
      start = sound[index]
    }
  }

  private mutating func appendParts(
    of bytes: Span<UInt8>, at byteOffset: Int, _ result: inout EncodedBatch
  ) throws {
    guard let separator = settings.separator.byte else { return }
    let isLines = settings.separator == .newline
    var start = 0
    while start < bytes.count {
      let end = firstIndex(of: separator, in: bytes, from: start) ?? bytes.count
      try append(
        bytes.extracting(start..<end), at: byteOffset + start, line: isLines ? result.lineCount : nil, &result
      )
      if isLines { result.lineCount += 1 }
      start = end + 1
    }
  }

  /// Encodes one document.
  private mutating func append(
    _ text: Span<UInt8>, at byteOffset: Int, line: Int?, _ result: inout EncodedBatch
  ) throws {
    let document = session.documentCount
    do {
      try session.add(text, addSpecialTokens: settings.addSpecialTokens)
      result.textByteCount += text.count
    } catch TokenizerError.invalidUTF8(let offset) {
      result.problems.append(
        DocumentProblem(
          reason: .notUTF8, document: document, line: line, offset: offset,
          inputOffset: byteOffset + offset
        ))
    }
  }

  private mutating func appendRows(
    of batch: DocumentBatch, field: String, _ result: inout EncodedBatch
  ) throws {
    var start = 0
    if batch.byteOffset == 0, batch.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    while start < batch.bytes.count {
      let end = firstIndex(of: 0x0A, in: batch.bytes.span, from: start) ?? batch.bytes.count
      let row = batch.bytes[start..<end]
      if !row.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        switch text(of: row, field: field) {
        case .success(let text): try append(text.utf8Span.span, at: 0, line: nil, &result)
        case .failure(let flaw):
          result.problems.append(
            DocumentProblem(
              reason: flaw.reason, document: session.documentCount, line: result.lineCount,
              offset: flaw.offset,
              inputOffset: batch.byteOffset + start + flaw.offset))
          session.addEmpty()
        }
      }
      result.lineCount += 1
      start = end + 1
    }
  }

  private struct RowFlaw: Error {
    var reason: DocumentProblem.Reason
    /// In bytes from the row's start.
    var offset: Int
  }

  private mutating func text(of row: ArraySlice<UInt8>, field: String) -> Result<String, RowFlaw> {
    let node: JSONNode
    do throws(JSONSyntaxError) { node = try parser.parse(row) } catch {
      return .failure(RowFlaw(reason: .notJSON(error.reason), offset: error.offset))
    }
    guard let object = node.object else {
      return .failure(RowFlaw(reason: .notObject(type: node.typeName), offset: node.offset))
    }
    guard let value = object[field] else {
      return .failure(RowFlaw(reason: .fieldMissing(field), offset: node.offset))
    }
    guard let text = value.string else {
      return .failure(RowFlaw(reason: .fieldNotString(field, type: value.typeName), offset: value.offset))
    }
    return .success(text)
  }
}
