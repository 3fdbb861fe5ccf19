/// Encodes many texts on one thread: what `Tokenizer.encode` does, without a visit to the pool of encoders for each.
///
/// Threads that encode many short texts would otherwise wait for each other there. One thread uses it at a time.
package final class EncodingSession {
  private let tokenizer: Tokenizer
  private let encoder: PooledEncoder

  package init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    encoder = tokenizer.pool.take(tokenizer.model, tokenizer.scanner)
  }

  deinit { tokenizer.pool.put(encoder) }

  /// Appends the ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`.
  package func encode(
    _ text: Span<UInt8>, addSpecialTokens: Bool, into ids: inout [UInt32]
  ) throws(TokenizerError) {
    try tokenizer.encode(text, addSpecialTokens: addSpecialTokens, encoder, &ids)
  }
}
