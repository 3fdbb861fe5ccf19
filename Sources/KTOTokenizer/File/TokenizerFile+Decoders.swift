internal import KTOCore

extension TokenizerFile {
  /// The decoders in their order; a `Sequence` is laid flat. Without a decoder there is a space between tokens.
  static func decoders(_ field: JSONField) throws(TokenizerError) -> [Decoder] {
    if field.isNull { return [.spaced] }
    let type = try field["type"].text()
    switch type {
    case "Sequence":
      var stages: [Decoder] = []
      for item in try field["decoders"].items() where !item.isNull { stages += try decoders(item) }
      return stages
    case "ByteLevel": return [.byteLevel]
    case "ByteFallback": return [.byteFallback]
    case "Fuse": return [.fuse]
    case "Replace":
      return [.replace(try pattern(field["pattern"]), with: Array(try field["content"].text().utf8))]
    case "Strip":
      return [
        .strip(
          try scalar(field["content"]), start: try field["start"].count(), stop: try field["stop"].count())
      ]
    case "Metaspace":
      let metaspace = try metaspace(field)
      return [.metaspace(metaspace.replacement, dropsFirst: metaspace.prepends != .never)]
    case "WordPiece":
      return [
        .wordPiece(
          prefix: Array(try field["prefix"].text().utf8), cleansUp: try field["cleanup"].flag())
      ]
    case "BPEDecoder": return [.endOfWord(suffix: try notEmpty(field["suffix"]))]
    case "CTC":
      return [
        .ctc(
          padding: Array(try field["pad_token"].text().utf8),
          delimiter: try notEmpty(field["word_delimiter_token"]), cleansUp: try field["cleanup"].flag())
      ]
    default: throw .unsupported(stage: .decoder, component: type, detail: nil)
    }
  }

  private static func notEmpty(_ field: JSONField) throws(TokenizerError) -> [UInt8] {
    let bytes = Array(try field.text().utf8)
    if bytes.isEmpty { throw field.malformed("a string that is not empty") }
    return bytes
  }
}
