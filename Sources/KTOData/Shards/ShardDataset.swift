internal import KTOCore
internal import Synchronization

/// The rows of a folder of MDS shards, by index, in the order they were written.
///
/// Keeps the index in memory and the shards' files open; a row costs two small reads. Every size and offset in the files
/// is checked before it is used. Safe to share between threads.
package struct ShardDataset: Sendable {
  package let folder: String
  package let index: ShardIndex
  package let count: Int
  /// Row number at which each shard begins.
  private let starts: [Int]
  private let files: OpenShards

  /// - Throws: `ShardError`, `FileError`.
  package init(folder: String) throws {
    self.folder = folder
    index = try ShardIndex(folder: folder)
    files = OpenShards(folder: folder, shards: index.shards)
    var starts: [Int] = []
    var total = 0
    for (number, shard) in index.shards.enumerated() {
      starts.append(total)
      let (sum, overflow) = total.addingReportingOverflow(shard.sampleCount)
      guard !overflow else {
        throw ShardError.badIndex(
          path: folder + "/index.json", pointer: "/shards", problem: "too many rows")
      }
      total = sum
      try Self.check(shard, files[number])
    }
    self.starts = starts
    count = total
  }

  /// The rows of a folder that is first compared with what the manifest says of it, every byte of index and shards included.
  /// - Throws: `ShardError`, `FileError`.
  package init(folder: String, checkedAgainst split: Manifest.Split) throws {
    // Before the index is believed, so that it is what is named.
    let path = folder + "/index.json"
    guard try SHA256.hash(fileAt: path) == split.indexHash else {
      throw ShardError.badIndex(path: path, pointer: "", problem: ShardError.Problem.wrongHash.rawValue)
    }
    try self.init(folder: folder)
    try check(against: split)
  }

  /// The row at `index`.
  /// - Throws: `ShardError.outOfRange`, `.badSample`; `FileError`.
  package func example(at index: Int) throws -> TokenizedExample {
    guard (0..<count).contains(index) else { throw ShardError.outOfRange(index: index, count: count) }
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    let shard = self.index.shards[low]
    let file = try files[low]
    let row = index - starts[low]
    let pair = try file.read(at: 4 + 4 * row, count: 8)
    let (begin, end) = (pair.littleEndianWord(at: 0), pair.littleEndianWord(at: 4))
    guard begin >= 4 + 4 * (shard.sampleCount + 1), begin <= end, end <= file.byteCount else {
      throw ShardError.badSample(path: file.path, index: row, problem: .badOffsets)
    }
    let bytes = try file.read(at: begin, count: end - begin)
    do throws(SampleProblem) {
      return try TokenizedExample(sampleBytes: bytes, hasWeight: self.index.hasWeights)
    } catch {
      throw ShardError.badSample(path: file.path, index: row, problem: error.problem)
    }
  }

  /// Compares the shards with what the manifest says of them, every byte included.
  ///
  /// The files that are read here are those that rows come from afterwards, unless there are more of them than are kept
  /// open.
  /// - Throws: `ShardError.badIndex`, `.badShard`; `FileError`.
  package func check(against split: Manifest.Split) throws {
    guard index.shards == split.shards else {
      throw ShardError.badIndex(
        path: folder + "/index.json", pointer: "/shards",
        problem: "the index names other shards than the manifest")
    }
    for (number, shard) in index.shards.enumerated() {
      let file = try files[number]
      var hash = SHA256()
      var position = 0
      while position < file.byteCount {
        let piece = try file.read(at: position, count: min(1 << 20, file.byteCount - position))
        hash.update(piece)
        position += piece.count
      }
      guard hash.finish() == shard.sha256 else {
        throw ShardError.badShard(path: file.path, problem: .wrongHash)
      }
    }
  }

  /// Compares a shard's header with the index.
  private static func check(_ shard: ShardInfo, _ file: RandomAccessFile) throws {
    guard try file.read(at: 0, count: 4).littleEndianWord(at: 0) == shard.sampleCount else {
      throw ShardError.badShard(path: file.path, problem: .wrongSampleCount)
    }
    guard try file.read(at: 4 + 4 * shard.sampleCount, count: 4).littleEndianWord(at: 0) == file.byteCount
    else {
      throw ShardError.badShard(path: file.path, problem: .badOffsets)
    }
  }
}

/// The files of a folder's shards, opened when first needed and kept open.
///
/// A class because its users share the files. Its lock guards the set of open files alone; reading needs none.
private final class OpenShards: Sendable {
  /// A process may open 1024 files as a rule, and has use for others. Beyond this, the file opened first is closed.
  private static let limit = 256

  private let folder: String
  private let shards: [ShardInfo]
  private let open = Mutex<(files: [Int: RandomAccessFile], order: [Int])>(([:], []))

  init(folder: String, shards: [ShardInfo]) {
    self.folder = folder
    self.shards = shards
  }

  /// The file of a shard, whose size is the one in the index.
  subscript(number: Int) -> RandomAccessFile {
    get throws {
      try open.withLock { open in
        if let file = open.files[number] { return file }
        let path = folder + "/" + shards[number].basename
        let file = try RandomAccessFile(path: path)
        guard file.byteCount == shards[number].byteCount else {
          throw ShardError.badShard(path: path, problem: .wrongByteCount)
        }
        if open.order.count == Self.limit { open.files[open.order.removeFirst()] = nil }
        open.files[number] = file
        open.order.append(number)
        return file
      }
    }
  }
}

extension [UInt8] {
  /// Four bytes as an unsigned number; the caller has checked that they are there.
  fileprivate func littleEndianWord(at index: Int) -> Int {
    Int(self[index]) | Int(self[index + 1]) << 8 | Int(self[index + 2]) << 16 | Int(self[index + 3]) << 24
  }
}

/// What is wrong with one sample, before it is known which it is.
struct SampleProblem: Error {
  var problem: ShardError.Problem
}

extension TokenizedExample {
  /// Reads what `sampleBytes()` makes.
  init(sampleBytes bytes: [UInt8], hasWeight: Bool) throws(SampleProblem) {
    guard bytes.count >= 16 else { throw SampleProblem(problem: .badSizes) }
    let sizes = (0..<4).map { bytes.littleEndianWord(at: 4 * $0) }
    // Four 32-bit numbers cannot overflow 64 bits.
    guard sizes.reduce(16 + 8 + (hasWeight ? 8 : 0), +) == bytes.count else {
      throw SampleProblem(problem: .badSizes)
    }
    var position = 16
    func next(_ count: Int) -> ArraySlice<UInt8> {
      defer { position += count }
      return bytes[position..<position + count]
    }
    completionIDs = try tokenIDs(next(sizes[0]))
    group = try text(next(sizes[1]))
    id = try text(next(sizes[2]))
    let number = word(next(8))
    guard number <= 1 else { throw SampleProblem(problem: .badLabel) }
    label = number == 1
    promptIDs = try tokenIDs(next(sizes[3]))
    weight = hasWeight ? Double(bitPattern: word(next(8))) : nil
    if let weight, !(weight >= 0 && weight.isFinite) { throw SampleProblem(problem: .badWeight) }
  }
}

private func tokenIDs(_ bytes: ArraySlice<UInt8>) throws(SampleProblem) -> [UInt32] {
  guard bytes.count.isMultiple(of: 4) else { throw SampleProblem(problem: .badTokenIDs) }
  var ids: [UInt32] = []
  ids.reserveCapacity(bytes.count / 4)
  var index = bytes.startIndex
  while index < bytes.endIndex {
    ids.append(
      UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
        | UInt32(bytes[index + 3]) << 24)
    index += 4
  }
  return ids
}

private func text(_ bytes: ArraySlice<UInt8>) throws(SampleProblem) -> String {
  guard let text = String(validating: bytes, as: UTF8.self) else { throw SampleProblem(problem: .badText) }
  return text
}

private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
