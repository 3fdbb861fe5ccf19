internal import KTOCore

/// The accepted rows between reading and writing: their samples in a scratch file, about 45 bytes a row in memory.
struct PreparedRows: ~Copyable {
  private var scratch: ScratchFile
  private var offsets: [Int] = [0]
  private var isTruncated: [Bool] = []
  private var tokenCounts: [(prompt: UInt32, completion: UInt32)] = []
  private(set) var records = SplitRecords()

  var count: Int { records.count }

  init(folder: String) throws { scratch = try ScratchFile(folder: folder) }

  mutating func append(_ row: TokenizedExample, of accepted: Row) throws {
    guard let example = accepted.example, let fingerprint = accepted.fingerprint else { return }
    try records.append(example, fingerprint)
    var row = row
    // Whether the shards have weights is known after the last row; where not, the eight bytes are cut off.
    row.weight = example.weight ?? 1
    try scratch.append(try row.sampleBytes())
    offsets.append(scratch.byteCount)
    isTruncated.append(accepted.tokens?.isTruncated ?? false)
    tokenCounts.append((UInt32(row.promptIDs.count), UInt32(row.completionIDs.count)))
  }

  func isTruncated(_ row: Int) -> Bool { isTruncated[row] }

  func tokenCounts(_ row: Int) -> (prompt: Int, completion: Int) {
    (Int(tokenCounts[row].prompt), Int(tokenCounts[row].completion))
  }

  /// The samples of all rows, to be read by any number of threads.
  mutating func samples() throws -> PreparedSamples {
    PreparedSamples(scratch: try scratch.reader(), offsets: offsets)
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
    var bytes = try scratch.read(at: offsets[row], count: offsets[row + 1] - offsets[row])
    bytes.removeLast(8)
    if let weight { bytes.append(littleEndian: weight.bitPattern) }
    return bytes
  }
}
