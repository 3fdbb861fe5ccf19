internal import KTOCore

/// A row of the shards as a person reads it: its text, cut where tokens end, each piece under its mask.
package struct InspectedRow: Sendable, Equatable {
  /// The shortest run of tokens whose bytes are whole characters: most often one.
  package struct Piece: Sendable, Equatable {
    package var ids: [UInt32]
    /// Bytes that are no UTF-8 stand as U+FFFD.
    package var text: String
    /// Whether the loss is computed on it.
    package var isCompletion: Bool
  }

  package var split: String
  package var index: Int
  package var example: TokenizedExample
  package var pieces: [Piece]

  /// - Parameter bytes: what one token stands for, special tokens included.
  package init(
    split: String, index: Int, example: TokenizedExample, bytes: (UInt32) -> [UInt8]
  ) {
    self.split = split
    self.index = index
    self.example = example
    pieces =
      Self.pieces(example.promptIDs, isCompletion: false, bytes)
      + Self.pieces(example.completionIDs, isCompletion: true, bytes)
  }

  /// Reads one row of a folder that prepare made.
  /// - Throws: `ShardError`, `FileError`, `JSONSyntaxError`.
  package init(
    folder: String, split: String, index: Int, tokenizer: some ConversationTokenizer
  ) throws {
    guard isPlainName(split) else {
      throw ShardError.badIndex(path: folder, pointer: "/splits", problem: "no name of a split")
    }
    let dataset = try ShardDataset(folder: folder + "/" + split)
    self.init(split: split, index: index, example: try dataset.example(at: index)) { id in
      tokenizer.bytes(of: [id])
    }
  }

  private static func pieces(
    _ ids: [UInt32], isCompletion: Bool, _ bytes: (UInt32) -> [UInt8]
  ) -> [Piece] {
    var pieces: [Piece] = []
    var (pending, pendingIDs): ([UInt8], [UInt32]) = ([], [])
    for (position, id) in ids.enumerated() {
      pending += bytes(id)
      pendingIDs.append(id)
      // A character has at most four bytes: what is still not whole after eight tokens never will be.
      let isLast = position == ids.count - 1
      guard isLast || pendingIDs.count >= 8 || !endsInsideCharacter(pending) else { continue }
      pieces.append(
        Piece(ids: pendingIDs, text: String(decoding: pending, as: UTF8.self), isCompletion: isCompletion))
      (pending, pendingIDs) = ([], [])
    }
    return pieces
  }
}

/// Whether the last bytes begin a UTF-8 character that more bytes could complete.
private func endsInsideCharacter(_ bytes: [UInt8]) -> Bool {
  for (distance, byte) in bytes.reversed().prefix(4).enumerated() {
    if byte & 0xC0 == 0x80 { continue }
    let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
    return needed > distance + 1
  }
  return false
}
