internal import KTOCore

/// One input file as its records see it.
final class FileContext: Sendable {
  /// What locations and sources call it.
  let name: String
  /// Its name without folder and endings, for ids.
  let stem: String
  /// Nil where the file holds no record that tells.
  let format: (any RecordFormat.Type)?
  /// False for what a folder or a pattern led to.
  let isNamed: Bool

  init(name: String, format: (any RecordFormat.Type)?, isNamed: Bool = true) {
    self.name = name
    stem = fileStem(name)
    self.format = format
    self.isNamed = isNamed
  }
}

/// A piece of work: records of one file, or its end.
enum InputPart: Sendable {
  case batch(RecordBatch, FileContext)
  /// Bytes read and their SHA-256.
  case end(FileContext, byteCount: Int, sha256: String)
  /// A file of which nothing is read, and why.
  case refused(FileContext, Diagnostic)
}

/// Reads files one after another and cuts them into batches of records. Each byte is read once.
struct InputReader {
  private var files: [InputFile]
  private let format: String?
  private let scratchFolder: String
  private let duckDB: String?
  private var current: OpenFile?
  private var endedByteCount = 0

  init(files: [InputFile], format: String?, scratchFolder: String, duckDB: String?) {
    self.files = files.reversed()
    self.format = format
    self.scratchFolder = scratchFolder
    self.duckDB = duckDB
  }

  /// Bytes read of all files so far, as they lie on the disk.
  var rawByteCount: Int { endedByteCount + (current?.source.rawByteCount ?? 0) }

  /// - Throws: `FileError` for a file that is named.
  mutating func next() throws -> InputPart? {
    if current == nil {
      guard let file = files.popLast() else { return nil }
      do {
        current = try OpenFile(file, format: format, scratchFolder: scratchFolder, duckDB: duckDB)
      } catch let refusal as FileRefusal {
        return .refused(FileContext(name: file.path, format: nil, isNamed: file.isNamed), refusal.finding)
      }
    }
    if let context = current?.context, let batch = try current?.next() { return .batch(batch, context) }
    defer {
      endedByteCount += current?.source.rawByteCount ?? 0
      current = nil
    }
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

  /// - Throws: `FileRefusal`; `FileError` for a file that is named.
  init(_ file: InputFile, format name: String?, scratchFolder: String, duckDB: String?) throws {
    source = try openSource(file, duckDB: duckDB)
    input = try InputBuffer(source)
    let input = input
    let type = try recordContainers.first { try $0.recognizes(input) } ?? JSONLines.self
    container = try type.init(input)
    let first = FirstRecords(file: source.name, isNamed: file.isNamed)
    let format = try first.format(
      name.flatMap { recordFormat(named: $0) }, in: &container, reading: &pending)
    context = FileContext(name: source.name, format: format, isNamed: file.isNamed)
    join = try format?.makeJoin(scratchFolder: scratchFolder)
    pending.reverse()
  }

  mutating func next() throws -> RecordBatch? {
    guard var batch = try nextBatch() else { return nil }
    // The container sees an input that ends early; why is worth more than that it does.
    if input.isAtEnd, input.bytes.isEmpty, pending.isEmpty, let damage = input.damage, !isDamageTold {
      isDamageTold = true
      batch.breakage = Breakage(message: damage.cause, position: input.position, hint: damage.hint)
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

extension InputError {
  fileprivate var hint: String? {
    switch self {
    case .truncated, .damaged: "fetch or copy the file again"
    default: nil
    }
  }
}

/// A file's name without its folder and without what follows the first dot of the name.
func fileStem(_ path: String) -> String {
  let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? path
  let stem = name.prefix { $0 != "." }
  return stem.isEmpty ? name : String(stem)
}
