extension Tokenizer {
  /// The text of ids; bytes that are not UTF-8 become U+FFFD, ids without a token nothing.
  package func decode(_ ids: [UInt32], skipSpecialTokens: Bool) -> String {
    String(decoding: decodeBytes(ids, skipSpecialTokens: skipSpecialTokens), as: UTF8.self)
  }

  /// The bytes of ids, which need not be whole UTF-8.
  package func decodeBytes(_ ids: [UInt32], skipSpecialTokens: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    var isFirst = true
    for id in ids {
      if skipSpecialTokens, added.specialIDs.contains(id) { continue }
      guard let decoded = decodings[id] else { continue }
      if separatesTokens, !isFirst { bytes.append(0x20) }
      isFirst = false
      bytes += decoded
    }
    return bytes
  }

  /// Whether an id stands for a special token.
  package func isSpecial(_ id: UInt32) -> Bool { added.specialIDs.contains(id) }

  /// What each id decodes to. An added token that is normalized decodes to its normalized form.
  static func decodings(
    model: BPEModel, added: AddedVocabulary, normalizer: Normalizer?, decoder: TokenDecoder
  ) -> DecodingTable {
    var decodings = DecodingTable()
    decodings.reserve(model.vocabulary.idBound + added.all.count)
    for id in 0..<UInt32(model.vocabulary.idBound) {
      if let token = model.token(of: id) { decodings.set(id, decoder.bytes(of: token)) }
    }
    for (token, id) in added.all {
      var content = token.content
      if token.isNormalized, let normalizer {
        content = String(decoding: normalizer.normalize(Array(content.utf8)), as: UTF8.self)
      }
      decodings.set(id, decoder.bytes(of: content))
    }
    return decodings
  }
}
