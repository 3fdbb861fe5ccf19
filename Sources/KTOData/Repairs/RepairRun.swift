package import KTOCore
internal import KTOTables

/// What is asked of `repairFile`.
package struct RepairOptions: Sendable {
  /// The repairs to make, in the order of the list.
  package var repairs: [any Repair.Type]
  /// The name of the format that every file has; nil to tell it from each file's first records.
  package var format: String?
  /// How many edits of each repair are kept to be shown, for each file.
  package var shownLimit = 3

  package init(repairs: [any Repair.Type], format: String? = nil) {
    self.repairs = repairs
    self.format = format
  }
}

/// The repairs that are made without being asked for, but for some, and those of the masks that are.
package func chosenRepairs(skipping skipped: Set<String>, masks: Set<String>) -> [any Repair.Type] {
  repairs.filter { repair in
    !skipped.contains(repair.name) && (repair.mask.map { masks.contains($0) } ?? true)
  }
}

/// What became of one file.
package struct RepairedFile: Sendable {
  /// One edit, as it is shown.
  package struct Change: Sendable, Equatable {
    package var repair: String
    package var location: SourceLocation
    package var before: String
    /// Nil where a record went.
    package var after: String?
  }

  package var file: String
  /// What was undone to read the file, such as `gzip`; the copy is plain.
  package var encodings: [String] = []
  package var records = 0
  /// Records that were changed.
  package var changed = 0
  /// Records that were taken away.
  package var removed = 0
  /// Records that stay as they are because their labels would have changed, which no repair may do.
  package var kept = 0
  /// Records of which no texts are read, so that none is masked or trimmed.
  package var unread = 0
  /// Edits by the name of their repair.
  package var edits: [String: Int] = [:]
  package var changes: [Change] = []
  /// What is wrong with the file as a whole: behind the place everything is copied as it is.
  package var finding: Diagnostic?
  /// Whether nothing of the file is read, so that there is no copy.
  package var isRefused = false

  package var editCount: Int { edits.values.reduce(0, +) }
}

/// Copies a file with its records repaired. What no repair touches is copied byte by byte.
///
/// The input is read once and is never written. Each record that was changed is read again: where its labels are no longer
/// what they were, but for one that was no label before, the record is copied as it was.
/// - Parameter write: takes the bytes of the copy, in their order.
/// - Throws: `FileError`, and what `write` throws.
package func repairFile(
  _ file: InputFile, _ options: RepairOptions, write: ([UInt8]) throws -> Void
) throws -> RepairedFile {
  let run: FileRepair
  do {
    run = try FileRepair(file, options)
  } catch let refusal as FileRefusal {
    var result = RepairedFile(file: file.path)
    result.finding = refusal.finding
    result.isRefused = true
    return result
  }
  while let bytes = try run.next() { if !bytes.isEmpty { try write(bytes) } }
  return run.result
}

/// One file on its way.
private final class FileRepair {
  private(set) var result: RepairedFile
  private let source: InputSource
  private let tee: TeeSource
  private var container: any RecordContainer
  private var pending: [RecordBatch]
  private var repairs: [any Repair]
  private let reader: RecordReader
  private let kind: RepairedRecord.Kind
  private let shownLimit: Int
  private var parser = JSONParser()
  /// The place of the first byte that is not copied yet.
  private var position = TextPosition()
  private var isFinished = false

  /// - Throws: `FileRefusal`, `FileError`.
  init(_ file: InputFile, _ options: RepairOptions) throws {
    if fileKind(file.path) == .file, let table = try TableFile(FileByteSource(path: file.path)) {
      throw FileRefusal(
        .unknownFormat, in: file.path, "this is \(table.name), whose rows cannot be repaired",
        hint: "make examples of it with ingest, and repair these")
    }
    source = try openSource(file, duckDB: nil)
    tee = TeeSource(source)
    let input = try InputBuffer(tee)
    let type = try recordContainers.first { try $0.recognizes(input) } ?? JSONLines.self
    var container = try type.init(input)
    var pending: [RecordBatch] = []
    let format = try FirstRecords(file: source.name, isNamed: file.isNamed).format(
      options.format.flatMap { recordFormat(named: $0) }, in: &container, reading: &pending)
    self.container = container
    self.pending = pending.reversed()
    kind = container is XMLRows ? .other : container is TableRows ? .cells : .json
    repairs = options.repairs.map { $0.init() }
    reader = RecordReader(format: format)
    shownLimit = options.shownLimit
    result = RepairedFile(file: source.name, encodings: source.encodings)
  }

  /// The next bytes of the copy; nil at the end.
  func next() throws -> [UInt8]? {
    if isFinished { return nil }
    guard let batch = try pending.popLast() ?? container.next() else {
      isFinished = true
      // What the container did not take, because it breaks before.
      while !(try tee.read(upTo: 1 << 20)).isEmpty {}
      return gap(tee.take(tee.count))
    }
    if let breakage = batch.breakage {
      result.finding = Diagnostic(
        .notParseable, at: breakage.position.location(in: source.name),
        message: "\(breakage.message); what follows is copied as it is", hint: breakage.hint)
    }
    var copy: [UInt8] = []
    var records: [(text: ArraySlice<UInt8>, value: JSONNode?, start: TextPosition)] = []
    batch.forEachText { text, place in records.append((text, try? parser.parse(text), place)) }
    if case .decoded(let decoded) = batch.records {
      for record in decoded { records.append((record.text[...], record.value, record.position)) }
    }
    for record in records {
      let before = tee.take(record.start.byteOffset - position.byteOffset)
      let text = tee.take(record.text.count)
      copy += repaired(text, record.value, gapBefore: before)
    }
    return copy
  }

  // MARK: - Parts

  private func gap(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let part = RepairedGap(bytes: bytes[...], isAtStart: position.byteOffset == 0)
    var edits: [(repair: Int, edit: RepairEdit)] = []
    for index in repairs.indices { edits += repairs[index].repair(part).map { (repair: index, edit: $0) } }
    let copy = apply(edits, to: bytes[...])
    note(edits, in: bytes[...])
    position.advance(over: bytes.span)
    return copy
  }

  private func repaired(_ text: [UInt8], _ value: JSONNode?, gapBefore: [UInt8]) -> [UInt8] {
    result.records += 1
    var record = RepairedRecord(bytes: text[...], kind: kind, node: value)
    record.texts = value.map { reader.texts($0) } ?? []
    if record.texts.isEmpty { result.unread += 1 }
    for index in repairs.indices where repairs[index].removes(record) {
      position.advance(over: gapBefore.span)
      result.removed += 1
      let secrets = secrets(of: record)
      let shownText = apply(secrets, to: text[...])
      note(
        type(of: repairs[index]).name, before: shown(shownText[...], 0..<shownText.count), after: nil)
      position.advance(over: text.span)
      return []
    }
    let before = gap(gapBefore)
    var edits: [(repair: Int, edit: RepairEdit)] = []
    for index in repairs.indices {
      // Where two repairs change the same bytes, the first does.
      for edit in repairs[index].repair(record)
      where !edits.contains(where: { $0.edit.range.overlaps(edit.range) }) {
        edits.append((index, edit))
      }
    }
    let copy = apply(edits, to: text[...])
    defer { position.advance(over: text.span) }
    guard !edits.isEmpty else { return before + text }
    guard kind == .cells || keepsLabels(copy, value.map { reader.labels($0) } ?? []) else {
      result.kept += 1
      return before + text
    }
    result.changed += 1
    note(edits, in: text[...])
    return before + copy
  }

  /// Whether the labels of a record in JSON are what they were; where one was none, it may be one now.
  private func keepsLabels(_ copy: [UInt8], _ labels: [Bool?]) -> Bool {
    guard let node = try? parser.parse(copy) else { return false }
    let now = reader.labels(node)
    guard !labels.isEmpty else { return true }
    return labels.count == now.count && zip(labels, now).allSatisfy { $0 == nil || $0 == $1 }
  }

  /// What masks cover in a record.
  private func secrets(of record: RepairedRecord) -> [(repair: Int, edit: RepairEdit)] {
    var edits: [(repair: Int, edit: RepairEdit)] = []
    for index in repairs.indices where type(of: repairs[index]).mask != nil {
      for edit in repairs[index].repair(record)
      where !edits.contains(where: { $0.edit.range.overlaps(edit.range) }) {
        edits.append((index, edit))
      }
    }
    return edits
  }

  private func apply(_ edits: [(repair: Int, edit: RepairEdit)], to bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard !edits.isEmpty else { return Array(bytes) }
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    for (_, edit) in edits.sorted(by: { $0.edit.range.lowerBound < $1.edit.range.lowerBound }) {
      copy += bytes[place..<(bytes.startIndex + edit.range.lowerBound)]
      copy += edit.replacement
      place = bytes.startIndex + edit.range.upperBound
    }
    return copy + bytes[place...]
  }

  // MARK: - The account

  private func note(_ edits: [(repair: Int, edit: RepairEdit)], in bytes: ArraySlice<UInt8>) {
    for (index, (repair, edit)) in edits.enumerated() {
      let name = type(of: repairs[repair]).name
      guard isShown(name) else {
        result.edits[name, default: 0] += 1
        continue
      }
      var place = position
      let before = Array(bytes.prefix(edit.range.lowerBound))
      place.advance(over: before.span)
      // What other masks cover is not shown around this edit either.
      let others = edits.indices.filter { $0 != index && edits[$0].edit.isSecret }.map { edits[$0] }
      let masked = apply(others, to: bytes)
      let shift = others.filter { $0.edit.range.upperBound <= edit.range.lowerBound }
        .reduce(0) { $0 + $1.edit.replacement.count - $1.edit.range.count }
      let range = (edit.range.lowerBound + shift)..<(edit.range.upperBound + shift)
      let stood =
        edit.isSecret
        ? "…"
        : String(decoding: bytes.dropFirst(edit.range.lowerBound).prefix(edit.range.count), as: UTF8.self)
      let stands = String(decoding: edit.replacement, as: UTF8.self)
      note(
        name, before: shown(masked[...], range, stood), after: shown(masked[...], range, stands), at: place)
    }
  }

  private func isShown(_ name: String) -> Bool {
    result.changes.count(where: { $0.repair == name }) < shownLimit
  }

  private func note(_ name: String, before: String, after: String?, at place: TextPosition? = nil) {
    result.edits[name, default: 0] += 1
    guard isShown(name) else { return }
    result.changes.append(
      RepairedFile.Change(
        repair: name, location: (place ?? position).location(in: result.file), before: before, after: after))
  }

  /// Some bytes, with what stands around them, in one line.
  private func shown(_ bytes: ArraySlice<UInt8>, _ range: Range<Int>, _ text: String? = nil) -> String {
    let limit = 24
    let (start, end) = (bytes.startIndex + range.lowerBound, bytes.startIndex + range.upperBound)
    let head = bytes[max(bytes.startIndex, start - limit)..<start]
    let tail = bytes[end..<min(bytes.endIndex, end + limit)]
    let middle = text ?? String(decoding: bytes[start..<end], as: UTF8.self)
    return (start - bytes.startIndex > limit ? "…" : "")
      + excerpt(String(decoding: head, as: UTF8.self), limit: limit) + excerpt(middle, limit: 48)
      + excerpt(String(decoding: tail, as: UTF8.self), limit: limit)
      + (bytes.endIndex - end > limit ? "…" : "")
  }
}

/// What a format makes of single records: the texts that train, and the labels.
private struct RecordReader {
  var format: (any RecordFormat.Type)?
  private let words = VerdictWords()
  /// With these no verdict is an error, so that the texts of a record are found whatever its label is.
  private let wordsOfRules = VerdictWords(ruleFields: [])
  private let labeller = Labeller()

  init(format: (any RecordFormat.Type)?) { self.format = format }

  /// - Returns: no texts where the record is not one of the format.
  func texts(_ node: JSONNode) -> [(node: JSONNode, isWhole: Bool)] {
    var texts: [(node: JSONNode, isWhole: Bool)] = []
    var seen: Set<String> = []
    for draft in converted(node, wordsOfRules)?.drafts ?? [] {
      for turn in draft.prompt + draft.completion where seen.insert(turn.contentPointer).inserted {
        guard let value = node.value(at: fieldPath(turn.contentPointer)) else { continue }
        if let text = value.string { texts.append((value, text.hasSameBytes(as: turn.message.content))) }
        // Text parts of a content.
        for part in value.array ?? [] where part.string != nil || part["text"]?.string != nil {
          texts.append((part["text"] ?? part, false))
        }
      }
    }
    // It follows an instruction, in one turn with it.
    if seen.contains("/instruction"), let input = node["input"], input.string != nil {
      texts.append((input, false))
    }
    return texts
  }

  /// The label of each example; none where the record cannot be used.
  func labels(_ node: JSONNode) -> [Bool?] {
    guard let output = converted(node, words), !output.hasError else { return [] }
    return output.drafts.map { draft in
      switch labeller.judge(draft.evidence.map(\.signal)) {
      case .desirable: true
      case .undesirable: false
      default: nil
      }
    }
  }

  private func converted(_ node: JSONNode, _ words: VerdictWords) -> ConvertedRecord? {
    guard let format, node.object != nil else { return nil }
    var output = ConvertedRecord(words: words)
    var reader = format.init()
    reader.convert(node, into: &output)
    output.addCommonFields(of: node, Set(format.fields))
    return output
  }
}

/// Keeps what passes through it until it is taken, so that it can be copied as it is.
private final class TeeSource: ByteSource {
  private let source: any ByteSource
  private var bytes: [UInt8] = []
  /// How many of `bytes` were taken.
  private var start = 0

  init(_ source: any ByteSource) { self.source = source }

  var count: Int { bytes.count - start }

  func read(upTo limit: Int) throws -> [UInt8] {
    let piece = try source.read(upTo: limit)
    bytes += piece
    return piece
  }

  /// Takes the first bytes.
  func take(_ count: Int) -> [UInt8] {
    let end = min(bytes.count, start + max(0, count))
    let taken = Array(bytes[start..<end])
    start = end
    // Not at each record: what is moved then is as much as what was taken.
    if start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
    return taken
  }
}
