internal import KTOCore

/// Writes tokenized examples as MosaicML MDS v2 shards: `shard.00000.mds`, …, and last `index.json`.
///
/// The bytes are those that `streaming`'s own MDSWriter makes from the same samples. Holds one shard in
/// memory. A writer that is not finished leaves no index.
package struct MDSWriter: SplitWriter {
  private let folder: String
  private let force: Bool
  private let hashesAside: Bool
  private let settings: [UInt8]
  private var samples: [UInt8] = []
  private var offsets: [Int] = [0]
  private var isClosed = false
  /// What was written so far; whole after `finish`.
  package private(set) var index: ShardIndex

  /// The size at which a new shard begins, when nothing else is said: 64 MiB.
  package static let defaultSizeLimit = 64 << 20

  /// - Parameters:
  ///   - folder: made when it is not there.
  ///   - sizeLimit: bytes of a shard; only a shard of one sample may be larger.
  ///   - hasWeights: whether each row carries a weight, in a column of its own.
  ///   - jobs: with more than one, a shard is hashed on another thread while it is written.
  /// - Throws: `ShardError.badSizeLimit`, `FileError`.
  package init(
    folder: String, sizeLimit: Int = defaultSizeLimit, hasWeights: Bool = false, force: Bool = false,
    jobs: Int = 1
  ) throws {
    guard (1...Int(UInt32.max)).contains(sizeLimit) else { throw ShardError.badSizeLimit(sizeLimit) }
    try makeDirectory(folder)
    self.folder = folder
    self.force = force
    hashesAside = jobs > 1
    index = ShardIndex(shards: [], hasWeights: hasWeights, sizeLimit: sizeLimit)
    let members = ShardIndex.settings(hasWeights: hasWeights, sizeLimit: sizeLimit)
    settings = Array(JSONValue.object(sorted: members).spacedJSONText.utf8)
    // Address space alone until it is written to; growing step by step would copy every shard twice.
    samples.reserveCapacity(min(sizeLimit, Self.defaultSizeLimit))
  }

  /// Adds one example, beginning a new shard where the limit asks for it.
  package mutating func append(_ example: TokenizedExample) throws {
    guard !isClosed else { throw ShardError.closed }
    guard (example.weight != nil) == index.hasWeights else {
      throw ShardError.weightMismatch(id: example.id)
    }
    try append(sample: try example.sampleBytes())
  }

  /// Adds one example as the bytes of its sample, which have a weight where these shards do.
  mutating func append(sample: [UInt8]) throws {
    guard !isClosed else { throw ShardError.closed }
    if shardByteCount + sample.count + 4 > index.sizeLimit, offsets.count > 1 { try flush() }
    guard shardByteCount + sample.count + 4 <= Int(UInt32.max) else {
      throw ShardError.tooLarge(byteCount: sample.count)
    }
    samples += sample
    offsets.append(samples.count)
  }

  /// Writes what is left and the index.
  package mutating func finish() throws {
    guard !isClosed else { throw ShardError.closed }
    if offsets.count > 1 { try flush() }
    isClosed = true
    try writeFile(folder + "/index.json", index.jsonText().utf8, force: force)
  }

  /// Bytes of the shard as it stands: count, offsets, settings, samples.
  private var shardByteCount: Int { 4 + 4 * offsets.count + settings.count + samples.count }

  private mutating func flush() throws {
    isClosed = true
    let sampleCount = offsets.count - 1
    let start = 4 + 4 * offsets.count + settings.count
    var header: [UInt8] = []
    header.reserveCapacity(start)
    header.append(littleEndian: UInt32(sampleCount))
    for offset in offsets { header.append(littleEndian: UInt32(start + offset)) }
    header += settings
    let number = String(index.shards.count)
    let basename = "shard." + String(repeating: "0", count: max(0, 5 - number.count)) + number + ".mds"
    var file = try AtomicFile(path: folder + "/" + basename, force: force)
    let hash = Self.hash(header, samples, aside: hashesAside)
    try file.write(header)
    var position = 0
    while position < samples.count {
      let end = min(position + 1 << 20, samples.count)
      try file.write(samples[position..<end])
      position = end
    }
    try file.commit()
    index.shards.append(
      ShardInfo(
        basename: basename, byteCount: header.count + samples.count, sha256: hash(),
        sampleCount: sampleCount))
    samples.removeAll(keepingCapacity: true)
    offsets = [0]
    isClosed = false
  }

  /// What gives the SHA-256 of two pieces, one behind the other.
  private static func hash(_ header: [UInt8], _ samples: [UInt8], aside: Bool) -> () -> String {
    let work: @Sendable () -> String = {
      var hash = SHA256()
      hash.update(header)
      hash.update(samples)
      return hash.finish()
    }
    guard aside else { return work }
    let running = Aside(work)
    return { running.wait() ?? "" }
  }
}
