extension BPEEncoder {
  /// The tokens of one pre-token and how many of its bytes each stands for. Slower than `encode`; the same ids.
  mutating func trace(_ text: Span<UInt8>, _ range: Range<Int>) -> [(id: UInt32, byteCount: Int)] {
    unsafe text.withUnsafeBufferPointer { text in
      let word = unsafe UnsafeBufferPointer(rebasing: text[range])
      if word.isEmpty { return [] }
      if let id = unsafe model.wholeWord(word) { return [(id, word.count)] }
      unsafe model.symbols(of: word, into: &symbols)
      let tokens = model.merges.withLookup { lookup in
        unsafe merger.tokens(.ids(symbols.ids.start), count: symbols.ids.count, lookup)
      }
      return tokens.indices.map { index in
        let end = index + 1 < tokens.count ? tokens[index + 1].start : symbols.ids.count
        let bytes = unsafe symbols.byteCounts.part(tokens[index].start..<end).reduce(0) { $0 + Int($1) }
        return (tokens[index].id, bytes)
      }
    }
  }
}
