internal import KTOCore

/// The BPE model of a file's `model` member, whose vocabulary and merges are read from the tape: as nodes they would
/// take most of the time of loading.
struct BPEModelFile {
  private let field: JSONField
  private(set) var vocabulary: Vocabulary
  private(set) var merges: MergeTable

  /// Reads the vocabulary and the merges.
  /// - Parameter field: the `model` member, in which `vocab` and `merges` may be left out.
  init(_ field: JSONField, _ tape: borrowing JSONTape) throws(TokenizerError) {
    self.field = field
    try Self.checkType(field)
    guard let model = tape.member("model", of: 0) else { throw field.malformed("an object") }
    vocabulary = try Self.vocabulary(tape, tape.member("vocab", of: model), field["vocab"])
    let prefix = try field.bytes("continuing_subword_prefix")
    merges = try Self.merges(
      tape, tape.member("merges", of: model), field["merges"], vocabulary, prefixCount: prefix.count)
  }

  /// The model, for input in that alphabet.
  func model(_ alphabet: BPEModel.Alphabet) throws(TokenizerError) -> BPEModel {
    if let dropout = field["dropout"].node, !dropout.isNull {
      guard dropout.double == 0 else {
        throw .unsupported(
          stage: .model, component: "BPE", detail: "dropout: ids that change from run to run")
      }
    }
    var options = BPEModel.Options()
    options.fusesUnknown = try field["fuse_unk"].flag(or: false)
    options.fallsBackToBytes = try field["byte_fallback"].flag(or: false)
    options.ignoresMerges = try field["ignore_merges"].flag(or: false)
    options.continuingPrefix = try field.bytes("continuing_subword_prefix")
    options.endSuffix = try field.bytes("end_of_word_suffix")
    var unknown: String?
    if !field["unk_token"].isNull {
      unknown = try field["unk_token"].text()
      options.unknownID = unknown.flatMap { vocabulary.find($0) }
    }
    let model = BPEModel(vocabulary: vocabulary, merges: merges, alphabet: alphabet, options: options)
    // The reference fails when it meets the first unknown symbol; with every byte known there is none.
    if let unknown, options.unknownID == nil, !model.symbols.hasAllBytes {
      throw .unknownTokenMissing(token: unknown)
    }
    return model
  }

  /// Whether the model is BPE at all: what else such a file may hold goes with other stages, too.
  static func checkType(_ field: JSONField) throws(TokenizerError) {
    _ = try field.object()
    guard let type = field["type"].node else { return }
    let name = type.string ?? type.typeName
    guard name == "BPE" else { throw .notBPE(model: name) }
  }

  private static func vocabulary(
    _ tape: borrowing JSONTape, _ index: Int?, _ field: JSONField
  ) throws(TokenizerError) -> Vocabulary {
    guard let index, tape.kind(index) == .objectBegin else { throw field.malformed("an object") }
    let end = tape.end(of: index)
    // A key and a number for each token.
    var vocabulary = Vocabulary(minimumCapacity: (end - index) / 2)
    var next = index + 1
    while next < end - 1 {
      let limit = Vocabulary.idLimit
      guard tape.kind(next + 1) == .integer, let id = UInt32(exactly: tape.integer(next + 1)), id < limit
      else {
        throw .idOutOfRange(token: tape.text(next), limit: limit - 1)
      }
      switch unsafe tape.withText(next, { unsafe vocabulary.insert($0, id: id) }) {
      case .new: break
      case .known: throw .duplicateToken(tape.text(next), offset: tape.offset(next))
      case .full: throw .idOutOfRange(token: tape.text(next), limit: limit - 1)
      }
      next += 2
    }
    return vocabulary
  }

  /// The merges, each a string of two parts or an array of two. Of the same pair the last wins.
  private static func merges(
    _ tape: borrowing JSONTape, _ index: Int?, _ field: JSONField, _ vocabulary: Vocabulary, prefixCount: Int
  ) throws(TokenizerError) -> MergeTable {
    guard let index, tape.kind(index) == .arrayBegin else { throw field.malformed("an array") }
    let end = tape.end(of: index) - 1
    var reader = MergeReader(
      vocabulary: vocabulary, prefixCount: prefixCount, capacity: min(end - index, MergeTable.rankLimit))
    var next = index + 1
    while next < end {
      switch tape.kind(next) {
      case .string:
        unsafe try tape.withText(next) { (text) -> Result<Void, TokenizerError> in
          unsafe reader.read(line: text)
        }.get()
        next += 1
      case .arrayBegin
      where tape.end(of: next) == next + 4 && tape.kind(next + 1) == .string
        && tape.kind(next + 2) == .string:
        unsafe try tape.withText(next + 1) { (left) -> Result<Void, TokenizerError> in
          unsafe tape.withText(next + 2) { (right) in unsafe reader.read(left, right) }
        }.get()
        next += 4
      default: throw .invalidMerge(index: reader.index)
      }
    }
    try reader.finish().get()
    return reader.table
  }
}

/// Turns written merges into a table.
///
/// Looks up some at a time, so that the memory for all of them is fetched at once.
private struct MergeReader {
  /// Parts of a merge that is not looked up yet. They lie in `text`, one behind the other.
  private struct Pending {
    var index: Int
    var start: Int
    var leftCount: Int
    var rightCount: Int
    var hashes: (left: UInt64, right: UInt64, merged: UInt64)
  }

  private static let batchSize = 32

  let vocabulary: Vocabulary
  /// How many bytes of a right part the merged token leaves out.
  let prefixCount: Int
  var table: MergeTable
  /// The merge's place in the file.
  private(set) var index = 0
  private var rank: UInt32 = 0
  /// For each merge: left, right, and where a prefix is left out, both without it.
  private var text: [UInt8] = []
  private var pending: [Pending] = []

  init(vocabulary: Vocabulary, prefixCount: Int, capacity: Int) {
    self.vocabulary = vocabulary
    self.prefixCount = prefixCount
    table = MergeTable(capacity: capacity)
  }

  /// Two parts with a blank between them.
  mutating func read(line: UnsafeBufferPointer<UInt8>) -> Result<Void, TokenizerError> {
    // The legacy form may carry the first line of a merges.txt.
    if unsafe line.starts(with: "#version".utf8) {
      index += 1
      return .success(())
    }
    guard let blank = unsafe line.firstIndex(of: 0x20), unsafe line.lastIndex(of: 0x20) == blank else {
      return .failure(.invalidMerge(index: index))
    }
    return unsafe read(
      UnsafeBufferPointer(rebasing: line[..<blank]), UnsafeBufferPointer(rebasing: line[(blank + 1)...]))
  }

  mutating func read(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Result<Void, TokenizerError> {
    var merge = Pending(
      index: index, start: text.count, leftCount: left.count, rightCount: right.count, hashes: (0, 0, 0))
    unsafe text.append(contentsOf: left)
    unsafe text.append(contentsOf: right)
    if prefixCount > 0 {
      unsafe text.append(contentsOf: left)
      unsafe text.append(contentsOf: right.dropFirst(prefixCount))
    }
    unsafe text.withUnsafeBufferPointer { text in
      let parts = unsafe parts(of: merge, in: text)
      unsafe merge.hashes = (
        vocabulary.hash(parts.left), vocabulary.hash(parts.right), vocabulary.hash(parts.merged)
      )
    }
    vocabulary.prefetch(merge.hashes.left)
    vocabulary.prefetch(merge.hashes.right)
    vocabulary.prefetch(merge.hashes.merged)
    pending.append(merge)
    index += 1
    return pending.count == Self.batchSize ? finish() : .success(())
  }

  /// Looks up what has been read.
  mutating func finish() -> Result<Void, TokenizerError> {
    defer {
      pending.removeAll(keepingCapacity: true)
      text.removeAll(keepingCapacity: true)
    }
    return unsafe text.withUnsafeBufferPointer { text in
      for merge in pending {
        let parts = unsafe parts(of: merge, in: text)
        guard let left = unsafe vocabulary.find(parts.left, hash: merge.hashes.left) else {
          return unsafe missing(parts.left, merge)
        }
        guard let right = unsafe vocabulary.find(parts.right, hash: merge.hashes.right) else {
          return unsafe missing(parts.right, merge)
        }
        guard let merged = unsafe vocabulary.find(parts.merged, hash: merge.hashes.merged) else {
          return unsafe missing(parts.merged, merge)
        }
        guard Int(rank) < MergeTable.rankLimit - 1 else {
          return .failure(.tooManyMerges(limit: MergeTable.rankLimit))
        }
        table.insert(left, right, rank: rank, merged: merged)
        rank += 1
      }
      return .success(())
    }
  }

  private func parts(of merge: Pending, in text: UnsafeBufferPointer<UInt8>) -> (
    left: UnsafeBufferPointer<UInt8>, right: UnsafeBufferPointer<UInt8>, merged: UnsafeBufferPointer<UInt8>
  ) {
    let both = merge.leftCount + merge.rightCount
    let mergedStart = merge.start + (prefixCount > 0 ? both : 0)
    let mergedCount = both - min(prefixCount, merge.rightCount)
    return unsafe (
      UnsafeBufferPointer(rebasing: text[merge.start..<merge.start + merge.leftCount]),
      UnsafeBufferPointer(rebasing: text[merge.start + merge.leftCount..<merge.start + both]),
      UnsafeBufferPointer(rebasing: text[mergedStart..<mergedStart + mergedCount])
    )
  }

  private func missing(
    _ token: UnsafeBufferPointer<UInt8>, _ merge: Pending
  ) -> Result<Void, TokenizerError> {
    .failure(.mergeTokenMissing(index: merge.index, token: unsafe String(decoding: token, as: UTF8.self)))
  }
}

extension JSONField {
  /// The bytes of a string member; none where it is absent or null.
  fileprivate func bytes(_ key: String) throws(TokenizerError) -> [UInt8] {
    self[key].isNull ? [] : Array(try self[key].text().utf8)
  }
}
