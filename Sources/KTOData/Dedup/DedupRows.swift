internal import KTOCore

/// The rows among which duplicates are looked for, in the order of the input.
///
/// In memory: 50 bytes a row, and 4 for each band. Their shingles and their JSON are in a scratch file.
struct DedupRows: ~Copyable {
  private var scratch: ScratchFile
  /// Where each row's shingles begin in the scratch file, and how many there are of each set.
  private var places: [(start: Int, counts: (UInt32, UInt32))] = []
  private(set) var exact: [UInt64] = []
  private(set) var keys: [WideKey] = []
  /// Keys of each row's bands, one row after the other.
  private var bandKeys: [UInt32] = []
  private(set) var labels: [Bool?] = []
  private let bands: Int

  var count: Int { keys.count }

  init(_ options: DedupOptions, folder: String) throws {
    let scratch = try ScratchFile(folder: folder)
    self.scratch = scratch
    bands = options.level == .near ? options.bands : 0
  }

  /// - Throws: `FileError`.
  mutating func append(_ sketch: RowSketch, label: Bool?, json: [UInt8]) throws {
    let counts = (sketch.shingles.first?.count ?? 0, sketch.shingles.count > 1 ? sketch.shingles[1].count : 0)
    places.append((scratch.byteCount, (UInt32(counts.0), UInt32(counts.1))))
    for set in sketch.shingles { try scratch.append(unsafe set.span.bytes.copy) }
    try scratch.append(json)
    exact.append(sketch.exact)
    keys.append(sketch.key)
    bandKeys += sketch.bands.prefix(bands)
    labels.append(label)
  }

  /// The rows of a band by its keys: a key in the high half, the row in the low one, for some rows, in rising order.
  func band(_ band: Int, of rows: [UInt32]) -> [UInt64] {
    var entries = rows.map { UInt64(bandKeys[Int($0) * bands + band]) << 32 | UInt64($0) }
    entries.sort()
    return entries
  }

  /// Frees what only the search needs.
  mutating func dropBands() { bandKeys = [] }

  /// What was appended so far, for any number of threads.
  mutating func contents() throws -> DedupContents {
    DedupContents(scratch: try scratch.reader(), places: places, end: scratch.byteCount)
  }
}

/// Shingles and JSON of rows, read by any thread.
struct DedupContents: Sendable {
  fileprivate let scratch: ScratchReader
  fileprivate let places: [(start: Int, counts: (UInt32, UInt32))]
  fileprivate let end: Int

  /// - Throws: `FileError.cannotRead`.
  func shingles(_ row: Int) throws -> ShingleSets {
    let place = places[row]
    let (first, second) = (Int(place.counts.0), Int(place.counts.1))
    let bytes = try scratch.read(at: place.start, count: 4 * (first + second))
    return ShingleSets(values: [UInt32](copying: bytes), firstCount: first)
  }

  /// The example's JSON.
  func json(_ row: Int) throws -> [UInt8] {
    let place = places[row]
    let start = place.start + 4 * Int(place.counts.0 + place.counts.1)
    let next = row + 1 < places.count ? places[row + 1].start : end
    return try scratch.read(at: start, count: next - start)
  }
}

/// The sets of shingles of a row: one, or those of prompt and completion.
struct ShingleSets: Sendable {
  let values: [UInt32]
  let firstCount: Int

  /// The lower one of the Jaccard indexes of the sets; nil where it is below the threshold.
  func jaccard(_ other: ShingleSets, atLeast threshold: Double = 0) -> Double? {
    // An empty second set is that of a row with one set.
    let second = KTOData.jaccard(
      values.span.extracting(droppingFirst: firstCount),
      other.values.span.extracting(droppingFirst: other.firstCount), atLeast: threshold)
    guard let second else { return nil }
    let first = KTOData.jaccard(
      values.span.extracting(first: firstCount), other.values.span.extracting(first: other.firstCount),
      atLeast: threshold)
    return first.map { min($0, second) }
  }

  /// What the signatures say of it.
  func estimate(_ other: ShingleSets, _ hashing: MinHash) -> Double {
    let first = likeness(
      hashing.signature(of: values.span.extracting(first: firstCount)),
      hashing.signature(of: other.values.span.extracting(first: other.firstCount)))
    if firstCount == values.count, other.firstCount == other.values.count { return first }
    return min(
      first,
      likeness(
        hashing.signature(of: values.span.extracting(droppingFirst: firstCount)),
        hashing.signature(of: other.values.span.extracting(droppingFirst: other.firstCount))))
  }
}

extension RawSpan {
  fileprivate var copy: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

extension [UInt32] {
  /// The numbers whose bytes these are, in the machine's order.
  fileprivate init(copying bytes: [UInt8]) {
    self = unsafe Array(unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes.prefix(buffer.count * 4))
      count = bytes.count / 4
    }
  }
}
