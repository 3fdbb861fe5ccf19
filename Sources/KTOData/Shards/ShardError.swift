/// Why shards cannot be written or read.
package enum ShardError: Error, Equatable, Sendable {
  /// The index or manifest is not what it should be, at this JSON pointer.
  case badIndex(path: String, pointer: String, problem: String)
  case unsupportedCompression(path: String, name: String)
  case badShard(path: String, problem: Problem)
  case badSample(path: String, index: Int, problem: Problem)
  case outOfRange(index: Int, count: Int)
  /// One sample, or a shard's header, does not fit the format's 32-bit offsets.
  case tooLarge(byteCount: Int)
  /// The shard size limit lies outside 1 ... 2³² − 1.
  case badSizeLimit(Int)
  /// A weight where the shards have no column for it, or none where they have.
  case weightMismatch(id: String)
  /// A previous write failed or the writer was finished.
  case closed

  package enum Problem: String, Sendable {
    case wrongByteCount = "its size is not the one in the index"
    case wrongHash = "its SHA-256 is not the one in the manifest: it is damaged, or was changed after prepare"
    case wrongSampleCount = "its number of samples is not the one in the index"
    case badOffsets = "its offsets do not lie within the file"
    case badSizes = "the sizes of its columns do not add up"
    case badTokenIDs = "its token ids are not a whole number of 32-bit words"
    case badText = "a text is not UTF-8"
    case badLabel = "the label is neither 0 nor 1"
    case badWeight = "the weight is not a finite number of at least 0"
  }
}

extension ShardError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .badIndex(let path, let pointer, let problem):
      "\(path): \(problem)\(pointer.isEmpty ? "" : " (at \(pointer))")"
    case .unsupportedCompression(let path, let name):
      "\(path): shards compressed with \(name) cannot be read yet"
    case .badShard(let path, let problem): "\(path): \(problem.rawValue)"
    case .badSample(let path, let index, let problem): "\(path): sample \(index): \(problem.rawValue)"
    case .outOfRange(let index, let count): "there is no sample \(index); the shards hold \(count)"
    case .tooLarge(let byteCount): "\(byteCount) bytes do not fit in one shard"
    case .badSizeLimit(let limit): "a shard size limit of \(limit) bytes lies outside 1 ... 4294967295"
    case .weightMismatch(let id): "example \(id): every row needs a weight where one has it"
    case .closed: "the shard writer is closed"
    }
  }
}
