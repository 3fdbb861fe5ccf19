internal import KTOCore

/// The accepted rows between reading and writing: their samples in a scratch file, about 85 bytes a row in memory.
struct PreparedRows: ~Copyable {
  private var scratch: ScratchFile
  private var offsets: [Int] = [0]
  private var isTruncated: [Bool] = []
  private var tokenCounts: [(prompt: UInt32, completion: UInt32)] = []
  /// The file that each row was read from, by its number.
  private var files: [UInt32] = []
  /// The numbers of the rows that are still in, by which the arrays above know them; nil while all are.
  private var remaining: [Int]?
  private var texts: RowTexts?
  private(set) var records = SplitRecords()

  var count: Int { records.count }

  /// - Parameter keepsTexts: whether rows may be withdrawn, with their text.
  init(folder: String, keepsTexts: Bool) throws {
    // Made before anything is stored, so that a failure leaves no half-made value.
    let texts = keepsTexts ? try RowTexts(folder: folder) : nil
    scratch = try ScratchFile(folder: folder)
    self.texts = texts
  }

  /// - Parameters:
  ///   - file: the number of the row's file.
  ///   - keys: what fields of the record say about it.
  mutating func append(_ row: TokenizedExample, of accepted: Row, file: Int, _ keys: RowKeys) throws {
    guard let example = accepted.example, let fingerprint = accepted.fingerprint else { return }
    try records.append(example, fingerprint, tokens: accepted.tokens?.keys, keys: keys)
    var row = row
    if let group = keys.group { row.group = group }
    // Whether the shards have weights is known after the last row; where not, the eight bytes are cut off.
    row.weight = example.weight ?? 1
    try scratch.append(try row.sampleBytes())
    offsets.append(scratch.byteCount)
    isTruncated.append(accepted.tokens?.isTruncated ?? false)
    tokenCounts.append((UInt32(row.promptIDs.count), UInt32(row.completionIDs.count)))
    files.append(UInt32(truncatingIfNeeded: file))
    try texts?.append(accepted.text)
  }

  /// The place of a row in the scratch file and in the arrays beside it.
  private func stored(_ row: Int) -> Int { remaining?[row] ?? row }

  func isTruncated(_ row: Int) -> Bool { isTruncated[stored(row)] }

  func file(_ row: Int) -> Int { Int(files[stored(row)]) }

  func tokenCounts(_ row: Int) -> (prompt: Int, completion: Int) {
    let counts = tokenCounts[stored(row)]
    return (Int(counts.prompt), Int(counts.completion))
  }

  /// The samples of all rows, to be read by any number of threads.
  mutating func samples() throws -> PreparedSamples {
    PreparedSamples(scratch: try scratch.reader(), offsets: offsets, remaining: remaining)
  }

  /// Ties rows whose prompt begins with the tokens of another row's conversation to that row.
  /// - Parameter jobs: threads.
  mutating func joinContinuations(jobs: Int) throws {
    var conversations = Continuations()
    for row in 0..<count {
      let counts = tokenCounts(row)
      conversations.add(
        records.tokenKeys[row].conversation, tokenCount: counts.prompt + counts.completion,
        number: UInt32(row))
    }
    // A prompt without an answer in it continues nothing.
    let longer = records.rowsWithBeginnings.filter {
      tokenCounts(Int($0)).prompt >= conversations.minimum
    }
    let (samples, known) = (try samples(), conversations)
    var rest = longer[...]
    let found = OrderedMap<[UInt32], [(row: Int, other: Int)]>(
      jobs: jobs,
      read: {
        defer { rest = rest.dropFirst(256) }
        return rest.isEmpty ? nil : Array(rest.prefix(256))
      },
      worker: {
        { rows in
          var found: [(row: Int, other: Int)] = []
          for row in rows {
            known.forEach(beginning: try samples.promptIDs(Int(row))) { found.append((Int(row), Int($0))) }
          }
          return found
        }
      })
    while let pairs = try found.next() {
      for pair in pairs { records.join(pair.row, continuing: pair.other) }
    }
  }

  // MARK: - Withdrawal

  /// The rows whose tokens are among some.
  func rows(withTokens keys: Set<WideKey>) -> [Int] {
    records.tokenKeys.indices.filter { keys.contains(records.tokenKeys[$0].row) }
  }

  /// The example's JSON of a row, where texts are kept.
  mutating func text(_ row: Int) throws -> [UInt8] {
    let place = stored(row)
    return try texts?.text(place) ?? []
  }

  /// Takes rows out; those behind them move up.
  mutating func withdraw(_ rows: [Int]) {
    let gone = Set(rows)
    let left = (0..<count).filter { !gone.contains($0) }
    remaining = left.map { stored($0) }
    records = records.keeping(left)
  }
}

/// The JSON of rows that may have to be put aside later, in a scratch file.
private struct RowTexts: ~Copyable {
  private var scratch: ScratchFile
  private var offsets: [Int] = [0]

  init(folder: String) throws { scratch = try ScratchFile(folder: folder) }

  mutating func append(_ text: [UInt8]) throws {
    try scratch.append(text)
    offsets.append(scratch.byteCount)
  }

  mutating func text(_ row: Int) throws -> [UInt8] {
    try scratch.read(at: offsets[row], count: offsets[row + 1] - offsets[row])
  }
}

/// The samples of the accepted rows, in a scratch file.
struct PreparedSamples: Sendable {
  /// A row and the weight it is written with; nil where the shards have none.
  struct Place: Sendable {
    var row: Int
    var weight: Double?
  }

  fileprivate let scratch: ScratchReader
  fileprivate let offsets: [Int]
  fileprivate let remaining: [Int]?
  /// Samples that a thread reads at a time.
  private static let portion = 128

  /// The samples of some rows, read ahead, some hundred at a time.
  func inOrder(_ places: [Place], jobs: Int) -> OrderedMap<Range<Int>, [[UInt8]]> {
    var start = 0
    return OrderedMap(
      jobs: jobs,
      read: {
        let end = min(start + Self.portion, places.count)
        defer { start = end }
        return start < end ? start..<end : nil
      },
      worker: { { try places[$0].map { try sample($0.row, weight: $0.weight) } } })
  }

  /// The bytes of a row's sample with another weight, or without one.
  private func sample(_ row: Int, weight: Double?) throws -> [UInt8] {
    var bytes = try whole(row)
    bytes.removeLast(8)
    if let weight { bytes.append(littleEndian: weight.bitPattern) }
    return bytes
  }

  /// The id of a row's example.
  func id(_ row: Int) -> String? {
    (try? TokenizedExample(sampleBytes: try whole(row), hasWeight: true))?.id
  }

  fileprivate func promptIDs(_ row: Int) throws -> [UInt32] {
    // Written by this run, so that it can be read.
    (try? TokenizedExample(sampleBytes: try whole(row), hasWeight: true).promptIDs) ?? []
  }

  private func whole(_ row: Int) throws -> [UInt8] {
    let place = remaining?[row] ?? row
    return try scratch.read(at: offsets[place], count: offsets[place + 1] - offsets[place])
  }
}
