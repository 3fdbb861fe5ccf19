internal import KTOCore

/// The accepted rows between reading and writing: their bytes in a scratch file, 17 bytes a row in memory
/// beside what the split needs.
struct PreparedRows: ~Copyable {
  private var scratch: ScratchFile
  private var offsets: [Int] = [0]
  /// Where each row came from, to find it again when a check of the whole set names it.
  private var places: [UInt64] = []
  private var isTruncated: [Bool] = []
  private(set) var records = SplitRecords()

  var count: Int { records.count }

  init(directory: String) throws { scratch = try ScratchFile(directory: directory) }

  mutating func append(_ row: TokenizedExample, of example: Example, isTruncated: Bool) throws {
    try records.append(example)
    var row = row
    row.weight = example.weight ?? 1
    let json = example.jsonLine().dropLast()
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Int64(json.count))
    bytes += json
    try scratch.append(bytes + row.sampleBytes())
    offsets.append(scratch.byteCount)
    places.append(Self.place(example.source.file, example.source.byteOffset))
    self.isTruncated.append(isTruncated)
  }

  func isTruncated(_ row: Int) -> Bool { isTruncated[row] }

  /// The rows that come from one of these places.
  func rows(at locations: [SourceLocation]) -> [Int] {
    let keys = Set(locations.map { Self.place($0.file, $0.byteOffset) })
    return keys.isEmpty ? [] : places.indices.filter { keys.contains(places[$0]) }
  }

  /// A row's tokens, its weight always set, and the JSON of its example.
  mutating func read(_ row: Int) throws -> (row: TokenizedExample, json: [UInt8]) {
    let bytes = try scratch.read(at: offsets[row], count: offsets[row + 1] - offsets[row])
    let jsonCount = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let tokens = try TokenizedExample(sampleBytes: Array(bytes[(8 + jsonCount)...]), hasWeight: true)
    return (tokens, Array(bytes[8..<(8 + jsonCount)]))
  }

  private static func place(_ file: String, _ byteOffset: Int) -> UInt64 {
    stableHash("\(byteOffset)\0\(file)".utf8)
  }
}
