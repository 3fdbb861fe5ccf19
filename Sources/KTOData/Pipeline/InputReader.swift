internal import KTOCore

/// One input file as its records see it.
final class FileContext: Sendable {
  /// What locations and sources call it.
  let name: String
  /// Its name without folder and endings, for ids.
  let stem: String
  /// Nil where the file holds no record that tells.
  let format: (any RecordFormat.Type)?

  init(name: String, format: (any RecordFormat.Type)?) {
    self.name = name
    stem = fileStem(name)
    self.format = format
  }
}

/// A piece of work: records of one file, or its end.
enum InputPart: Sendable {
  case batch(RecordBatch, FileContext)
  /// Bytes read and their SHA-256.
  case end(FileContext, byteCount: Int, sha256: String)
}

/// Reads files one after another and cuts them into batches of records. Each byte is read once.
struct InputReader {
  private var files: [String]
  private let format: String?
  private let scratchFolder: String
  private var current: OpenFile?

  init(files: [String], format: String?, scratchFolder: String) {
    self.files = files.reversed()
    self.format = format
    self.scratchFolder = scratchFolder
  }

  /// - Throws: `FileError`, `IngestError`.
  mutating func next() throws -> InputPart? {
    if current == nil {
      guard let file = files.popLast() else { return nil }
      current = try OpenFile(file, format: format, scratchFolder: scratchFolder)
    }
    if let context = current?.context, let batch = try current?.next() { return .batch(batch, context) }
    defer { current = nil }
    return current.map { .end($0.context, byteCount: $0.source.rawByteCount, sha256: $0.source.sha256 ?? "") }
  }
}

/// A file that is being read, its container and format known.
private struct OpenFile {
  let context: FileContext
  let source: InputSource
  private let input: InputBuffer
  private var container: any RecordContainer
  private let join: (any RecordJoin)?
  /// Batches that were read to tell the format.
  private var pending: [RecordBatch] = []
  private var isJoinFinished = false
  private var isDamageTold = false

  init(_ path: String, format name: String?, scratchFolder: String) throws {
    source = try InputSource(path)
    input = try InputBuffer(source)
    let input = input
    let type = try recordContainers.first { try $0.recognizes(input) } ?? JSONLines.self
    container = try type.init(input)
    var format = name.flatMap { recordFormat(named: $0) }
    if name == nil {
      let evidence = try Self.evidence(&container, &pending)
      guard evidence.candidates.count < 2 else {
        throw IngestError.ambiguousFormat(
          file: source.name, candidates: evidence.candidates, evidence: evidence)
      }
      format = evidence.candidates.first.flatMap { recordFormat(named: $0) }
      if format == nil, evidence.recordCount > 0 {
        throw IngestError.unknownFormat(file: source.name, evidence: evidence)
      }
    }
    context = FileContext(name: source.name, format: format)
    join = try format?.makeJoin(scratchFolder: scratchFolder)
    pending.reverse()
  }

  /// What the first records say about the format; the batches they are in wait in `batches`.
  private static func evidence(
    _ container: inout any RecordContainer, _ batches: inout [RecordBatch]
  ) throws -> FormatEvidence {
    var evidence = FormatEvidence()
    var parser = JSONParser()
    while evidence.recordCount < FormatEvidence.recordLimit, let batch = try container.next() {
      batches.append(batch)
      func add(_ node: JSONNode?) {
        if let node, evidence.recordCount < FormatEvidence.recordLimit { evidence.add(node) }
      }
      if case .decoded(let records) = batch.records { for record in records { add(record.value) } }
      batch.forEachText { text, _ in
        if evidence.recordCount < FormatEvidence.recordLimit { add(try? parser.parse(text)) }
      }
    }
    return evidence
  }

  mutating func next() throws -> RecordBatch? {
    guard var batch = try nextBatch() else { return nil }
    // The container sees an input that ends early; why is worth more than that it does.
    if input.isAtEnd, input.bytes.isEmpty, pending.isEmpty, let damage = input.damage, !isDamageTold {
      isDamageTold = true
      batch.breakage = Breakage(message: "\(damage)", position: input.position)
    }
    return batch
  }

  private mutating func nextBatch() throws -> RecordBatch? {
    if var batch = try pending.popLast() ?? container.next() {
      if let join {
        var parser = JSONParser()
        batch.records = .decoded(try batch.decoded(with: &parser).flatMap { try join.take($0) })
      }
      return batch
    }
    if let join, !isJoinFinished {
      isJoinFinished = true
      let rest = try join.finish()
      if !rest.isEmpty { return RecordBatch(records: .decoded(rest)) }
    }
    return input.damage != nil && !isDamageTold ? RecordBatch(records: .decoded([])) : nil
  }
}

/// A file's name without its folder and without what follows the first dot of the name.
func fileStem(_ path: String) -> String {
  let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? path
  let stem = name.prefix { $0 != "." }
  return stem.isEmpty ? name : String(stem)
}
