internal import KTOCore

extension TokenizerFile {
  /// The normalizers in their order; a `Sequence` is laid flat.
  static func normalizers(_ field: JSONField) throws(TokenizerError) -> [Normalizer] {
    if field.isNull { return [] }
    let type = try field["type"].text()
    switch type {
    case "Sequence":
      var stages: [Normalizer] = []
      for item in try field["normalizers"].items() { stages += try normalizers(item) }
      return stages
    case "NFC", "NFD", "NFKC", "NFKD":
      return NormalizationForm(rawValue: type).map { [.unicode($0)] } ?? []
    case "Prepend": return [.prepend(Array(try field["prepend"].text().utf8))]
    case "Replace":
      return [.replace(try pattern(field["pattern"]), with: Array(try field["content"].text().utf8))]
    case "Strip":
      return [.strip(left: try field["strip_left"].flag(), right: try field["strip_right"].flag())]
    case "Lowercase": return [.lowercase]
    case "StripAccents": return [.stripAccents]
    case "Nmt": return [.nmt]
    case "ByteLevel": return [.byteLevel]
    default: throw .unsupported(stage: .normalizer, component: type, detail: nil)
    }
  }

  /// A pattern written as `{"String": …}` or `{"Regex": …}`.
  static func pattern(_ field: JSONField) throws(TokenizerError) -> TextPattern {
    if field["String"].node != nil { return try TextPattern(string: try field["String"].text()) }
    guard field["Regex"].node != nil else { throw field.malformed("a String or a Regex") }
    return .regex(try Regex(try field["Regex"].text()))
  }

  /// A string of one scalar.
  static func scalar(_ field: JSONField) throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try field.text().unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { throw field.malformed("one character") }
    return scalar
  }
}
