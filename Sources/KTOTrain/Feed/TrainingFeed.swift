internal import KTOCore
package import KTOData
internal import KTOModels

/// The rows of one split on their way to the trainer.
///
/// What the plan of a run needs of every row is in memory, 48 bytes a row; prompt and completion are read when a
/// microbatch needs them.
package struct TrainingFeed: Sendable {
  package let rows: [FeedRow]
  private let read: @Sendable (Int) throws -> TokenizedExample

  /// Goes over every row once.
  /// - Throws: what `read` throws.
  private init(count: Int, read: @escaping @Sendable (Int) throws -> TokenizedExample) throws {
    rows = try (0..<count).map { FeedRow(try read($0)) }
    self.read = read
  }

  /// The rows of a folder of shards, which are first compared with the manifest, every byte included.
  /// - Throws: `ShardError`, `FileError`.
  package init(shards folder: String, split: Manifest.Split) throws {
    let shards = try ShardDataset(folder: folder, checkedAgainst: split)
    try self.init(count: shards.count) { try shards.example(at: $0) }
  }

  /// Rows that are in memory.
  package init(_ examples: [TokenizedExample]) {
    rows = examples.map { FeedRow($0) }
    read = { examples[$0] }
  }

  /// The stored row.
  /// - Throws: `ShardError`, `FileError`.
  package func example(at index: Int) throws -> TokenizedExample { try read(index) }

  /// Refuses rows that cannot be trained on with sequences of at most `limit` tokens.
  /// - Throws: `TrainingError.promptTooLong`, `.emptyCompletion`; what reading a row throws.
  func check(limit: Int) throws {
    for (index, row) in rows.enumerated() {
      if row.promptLength >= limit {
        throw TrainingError.promptTooLong(
          id: try example(at: index).id, promptTokens: row.promptLength, limit: limit)
      }
      if row.completionLength == 0 { throw TrainingError.emptyCompletion(id: try example(at: index).id) }
    }
  }
}

/// What the plan of a run needs of a row.
package struct FeedRow: Sendable, Equatable {
  /// True is desirable.
  package var label: Bool
  /// Multiplies the class weight of the row's loss.
  package var weight: Double
  /// Tokens, before they are cut.
  package var promptLength: Int
  package var completionLength: Int
  /// Equal for rows whose prompt is the same.
  package var promptKey: UInt64
  /// Equal for rows whose completion is the same.
  package var completionKey: UInt64

  package init(
    label: Bool, weight: Double = 1, promptLength: Int = 1, completionLength: Int = 1, promptKey: UInt64,
    completionKey: UInt64
  ) {
    self.label = label
    self.weight = weight
    self.promptLength = promptLength
    self.completionLength = completionLength
    self.promptKey = promptKey
    self.completionKey = completionKey
  }

  init(_ example: TokenizedExample) {
    self.init(
      label: example.label, weight: example.weight ?? 1, promptLength: example.promptIDs.count,
      completionLength: example.completionIDs.count, promptKey: key(of: example.promptIDs),
      completionKey: key(of: example.completionIDs))
  }
}

/// The first 8 bytes of the SHA-256 of the tokens' bytes. Two different texts among ten million share a key with a
/// probability of 3 in a million; one of them is then not paired with the other, which does no harm.
private func key(of tokens: [UInt32]) -> UInt64 {
  var hash = SHA256()
  unsafe hash.update(tokens.span.bytes)
  return hash.finishBytes().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
}

extension TrainingRow {
  /// A prompt and a completion cut to the first `limit` tokens together, as TRL cuts both the matched and the
  /// mismatched sequence; nil if the prompt leaves no room for a completion token.
  init?(prompt: [UInt32], completion: [UInt32], limit: Int) {
    guard prompt.count < limit, !completion.isEmpty else { return nil }
    self.init(prompt: prompt, completion: Array(completion.prefix(limit - prompt.count)))
  }
}
