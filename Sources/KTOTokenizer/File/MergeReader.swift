/// Turns written merges into a table.
///
/// Looks up some at a time, so that the memory for all of them is fetched at once.
struct MergeReader {
  /// Parts of a merge that is not looked up yet. They lie in `text`, one behind the other.
  private struct Pending {
    var index: Int
    var start: Int
    var leftCount: Int
    var rightCount: Int
    var hashes: (left: UInt64, right: UInt64, merged: UInt64)
    var ids: (left: UInt32, right: UInt32, merged: UInt32) = (0, 0, 0)
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
  /// The id that the last merge made. Most files have merges in the order of the ids that they make.
  private var lastMerged: UInt32 = 0
  /// Whether the ids of most of the last merges were that, or one more.
  private var foresees = true

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
        vocabulary.hash(parts.left), vocabulary.hash(parts.right),
        foresees ? 0 : vocabulary.hash(parts.merged)
      )
    }
    vocabulary.prefetch(merge.hashes.left)
    vocabulary.prefetch(merge.hashes.right)
    if !foresees { vocabulary.prefetch(merge.hashes.merged) }
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
      var foreseen = 0
      for place in pending.indices {
        let merge = pending[place]
        let parts = unsafe parts(of: merge, in: text)
        guard let left = unsafe vocabulary.find(parts.left, hash: merge.hashes.left) else {
          return unsafe missing(parts.left, merge)
        }
        guard let right = unsafe vocabulary.find(parts.right, hash: merge.hashes.right) else {
          return unsafe missing(parts.right, merge)
        }
        if let merged = unsafe foreseenID(of: parts.merged) {
          lastMerged = merged
          foreseen += 1
        } else {
          let hash = unsafe foresees ? vocabulary.hash(parts.merged) : merge.hashes.merged
          guard let merged = unsafe vocabulary.find(parts.merged, hash: hash) else {
            return unsafe missing(parts.merged, merge)
          }
          lastMerged = merged
        }
        pending[place].ids = (left, right, lastMerged)
        table.prefetch(left, right)
      }
      foresees = foreseen * 2 > pending.count
      for merge in pending {
        guard Int(rank) < MergeTable.rankLimit - 1 else {
          return .failure(.tooManyMerges(limit: MergeTable.rankLimit))
        }
        table.insert(merge.ids.left, merge.ids.right, rank: rank, merged: merge.ids.merged)
        rank += 1
      }
      return .success(())
    }
  }

  /// The id that the last merge made or the next one, if it is that of the token.
  private func foreseenID(of token: UnsafeBufferPointer<UInt8>) -> UInt32? {
    if unsafe vocabulary.has(token, at: lastMerged) { return lastMerged }
    return unsafe vocabulary.has(token, at: lastMerged + 1) ? lastMerged + 1 : nil
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
