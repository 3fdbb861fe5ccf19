internal import KTOCore
internal import KTOSchema

/// Reads raw conversation files and hands on their examples one by one; memory does not grow with the file.
///
/// One instance reads all files of a run, so that ids are unique among them.
package struct Ingestor {
  private let format: RawFormat?
  private let schemas: SchemaSet?
  private let ids = IDRegistry()

  /// - Parameters:
  ///   - format: what every file is; nil to tell it from each file's first records.
  ///   - schemas: applied to each record (E11); nil for the built-in structural checks alone.
  package init(format: RawFormat? = nil, schemas: SchemaSet? = nil) {
    self.format = format
    self.schemas = schemas
  }

  /// Reads one file from front to back.
  /// - Parameters:
  ///   - path: the file.
  ///   - name: what locations and sources call it; the path itself when nil.
  ///   - body: takes each event; what it throws ends the reading.
  /// - Throws: `FileError`, `IngestError`, and what `body` throws. Bad records are events.
  package func read(
    path: String, name: String? = nil, _ body: (IngestEvent) throws -> Void
  ) throws -> IngestSummary {
    let name = name ?? path
    var format = self.format
    if format == nil {
      let evidence = try Self.evidence(path: path)
      if evidence.candidates.count > 1 {
        throw IngestError.ambiguousFormat(file: name, candidates: evidence.candidates, evidence: evidence)
      }
      format = evidence.candidates.first
      if format == nil, evidence.recordCount > 0 {
        throw IngestError.unknownFormat(file: name, evidence: evidence)
      }
    }
    if format == .stackexchange {
      return try StackExchangeReader(path: path, name: name, schema: schemas?.stackExchange)
        .read(ids: ids, body)
    }
    var reading = JSONReading(path: path, name: name, format: format, schema: format.flatMap { schemas?[$0] })
    return try reading.run(ids: ids, body)
  }

  /// What the first records of a file say about its format.
  /// - Parameter recordLimit: how many to look at.
  /// - Throws: `FileError`.
  package static func evidence(path: String, recordLimit: Int = 64) throws -> FormatEvidence {
    var evidence = FormatEvidence()
    if try startsLikeXML(path) {
      evidence.note = "it starts with \"<\""
      evidence.scores[.stackexchange] = 1
      return evidence
    }
    var reader = try JSONRecordReader(path: path)
    var parser = JSONParser()
    for _ in 0..<recordLimit {
      guard case .record(let record)? = try reader.next() else { break }
      if let node = try? parser.parse(record.bytes) { evidence.add(node) }
    }
    return evidence
  }

  private static func startsLikeXML(_ path: String) throws -> Bool {
    let head = try FileByteSource(path: path).read(upTo: 4096)
    let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
    let mark = marks.first { head.starts(with: $0) }?.count ?? 0
    let first = head.dropFirst(mark).first { ![0x20, 0x0A, 0x0D, 0x09, 0x00].contains($0) }
    return first == UInt8(ascii: "<")
  }
}

/// One pass over one JSON file.
private struct JSONReading {
  let path: String
  let name: String
  let schema: JSONSchema?
  let converter: (any RecordConverter)?
  var summary: IngestSummary
  var resolver: LocationResolver
  var parser = JSONParserBox()

  init(path: String, name: String, format: RawFormat?, schema: JSONSchema?) {
    self.path = path
    self.name = name
    self.schema = schema
    converter = format.flatMap(\.converter)
    summary = IngestSummary(file: name, format: format)
    resolver = LocationResolver(path: path, name: name)
  }

  mutating func run(ids: IDRegistry, _ body: (IngestEvent) throws -> Void) throws -> IngestSummary {
    var reader = try JSONRecordReader(path: path)
    while let item = try reader.next() {
      switch item {
      case .record(let record):
        summary.records += 1
        try take(record, ids: ids, body)
      case .broken(let error, let recordOffset):
        summary.isComplete = false
        try body(.finding(broken(error, recordOffset: recordOffset)))
      }
    }
    if summary.records == 0, summary.isComplete {
      summary.isComplete = false
      try body(
        .finding(
          Diagnostic(
            .error, code: "E00", at: resolver.locate(0), message: "the file is empty: it holds no records")))
    }
    return summary
  }

  private mutating func broken(_ error: JSONSyntaxError, recordOffset: Int?) -> Diagnostic {
    var message = "\(error) (byte \(error.offset))"
    if let recordOffset {
      let start = resolver.locate(recordOffset)
      message += ", in the record that begins at line \(start.line), byte \(recordOffset)"
    }
    let count = summary.records
    message += "; \(count) whole record\(count == 1 ? "" : "s") before it"
    return Diagnostic(
      .error, code: "E00", at: resolver.locate(error.offset), message: message,
      hint: error.reason == .truncated ? "the file looks cut off: fetch or write it again" : nil)
  }

  private mutating func take(
    _ record: JSONRecord, ids: IDRegistry, _ body: (IngestEvent) throws -> Void
  ) throws {
    let place = RecordPlace(start: resolver.locate(record.byteOffset), bytes: record.bytes)
    let node: JSONNode
    do {
      node = try parser.parse(record.bytes)
    } catch {
      summary.rejected += 1
      let finding = RecordFinding(
        code: "E00", offset: error.offset, pointer: "", message: "\(error)", hint: hint(for: error))
      try body(.rejected(place.diagnostic(finding), record: Array(record.bytes)))
      return
    }
    var output = ConvertedRecord()
    output.readID(of: node)
    if let converter {
      if node.object == nil {
        output.error("E11", node, "", "a record must be a JSON object, not a JSON \(node.typeName)")
      } else {
        converter.convert(node, into: &output)
      }
    }
    for index in output.drafts.indices { output.drafts[index].check() }
    if let schema { output.apply(schema, to: node) }
    let emitter = RecordEmitter(
      place: place, fallbackID: "\(fileStem(name))-\(summary.records - 1)", record: record.bytes)
    try emitter.emit(output, ids: ids, summary: &summary, body)
  }

  private func hint(for error: JSONSyntaxError) -> String? {
    switch error.reason {
    case .duplicateKey: "keep one of the two: readers differ in which they take"
    case .invalidUTF8: "save the file as UTF-8"
    case .truncated: "one record a line: is a line break inside this record?"
    default: nil
    }
  }
}

/// Holds the parser, which cannot be copied, for values that can.
private final class JSONParserBox {
  private var parser = JSONParser()

  func parse(_ bytes: ArraySlice<UInt8>) throws(JSONSyntaxError) -> JSONNode { try parser.parse(bytes) }
}

extension RawFormat {
  fileprivate var converter: (any RecordConverter)? {
    switch self {
    case .examples, .trl: UnpairedConverter()
    case .trlPairs: PairConverter()
    case .openai: OpenAIConverter()
    case .sharegpt: ShareGPTConverter()
    case .hhRLHF: TranscriptConverter()
    case .stackexchange: nil
    }
  }
}

/// A file's name without its folder and without what follows the first dot of the name.
func fileStem(_ path: String) -> String {
  let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? path
  let stem = name.prefix { $0 != "." }
  return stem.isEmpty ? name : String(stem)
}
