/// Encodes many texts on one thread: what `Tokenizer.encode` does, faster.
///
/// Short texts wait until their words are enough to be looked up together. One thread uses it at a time.
package final class EncodingSession {
  private let tokenizer: Tokenizer
  private let encoder: PooledEncoder
  /// The documents added since `removeAll`. Without `finish` the last ones may be missing.
  package private(set) var documents = EncodedDocuments()

  /// How many have been added, those that wait too.
  package private(set) var documentCount = 0

  package init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    encoder = tokenizer.pool.take(tokenizer.model, tokenizer.scanner)
  }

  deinit {
    encoder.forget()
    tokenizer.pool.put(encoder)
  }

  /// Adds a document of UTF-8 text; one without ids where it throws.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`, `.textTooLong`.
  package func add(_ text: Span<UInt8>, addSpecialTokens: Bool) throws(TokenizerError) {
    defer { endDocument() }
    do throws(TokenizerError) {
      try tokenizer.encode(text, addSpecialTokens: addSpecialTokens, encoder, &documents)
    } catch {
      encoder.finish(into: &documents)
      documents.ids.removeSubrange((documents.ends.last ?? 0)...)
      throw error
    }
  }

  /// Adds a document without ids.
  package func addEmpty() { endDocument() }

  private func endDocument() {
    encoder.endDocument(in: &documents)
    documentCount += 1
  }

  /// Encodes what waits.
  package func finish() { encoder.finish(into: &documents) }

  /// Makes room for that many ids.
  package func reserve(_ count: Int) { documents.reserve(count) }

  /// Forgets all documents, but keeps their memory for the next ones.
  package func removeAll() {
    encoder.forget()
    documents.removeAll(keepingCapacity: true)
    documentCount = 0
  }
}
