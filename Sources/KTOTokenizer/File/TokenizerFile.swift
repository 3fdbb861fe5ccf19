internal import KTOCore

/// A `tokenizer.json` file, checked: every stage is one that we run, or loading fails and names it.
struct TokenizerFile {
  let definition: TokenizerDefinition

  init(_ root: JSONNode) throws(TokenizerError) {
    let file = JSONField(root)
    _ = try file.object()
    if !file["version"].isNull, try file["version"].text() != "1.0" { throw file["version"].malformed("1.0") }
    let normalizers = try Self.normalizers(file["normalizer"])
    var preTokenizers = try Self.preTokenizers(file["pre_tokenizer"])
    _ = preTokenizers.leaveBytesToModel()
    definition = TokenizerDefinition(
      model: try Self.model(file["model"], after: preTokenizers),
      normalizers: normalizers, preTokenizers: preTokenizers,
      postProcessors: try Self.postProcessors(file["post_processor"]),
      decoders: try Self.decoders(file["decoder"]),
      addedTokens: file["added_tokens"].isNull ? [] : try Self.addedTokens(file["added_tokens"]),
      truncation: try Self.truncation(file["truncation"]), padding: try Self.padding(file["padding"]))
  }

  private static func model(
    _ field: JSONField, after preTokenizers: [PreTokenizer]
  ) throws(TokenizerError) -> BPEModel {
    guard case .byteLevel(_, _, writesCharacters: false)? = preTokenizers.last else {
      throw .unsupported(
        stage: .preTokenizer, component: "null", detail: "without ByteLevel as the last stage")
    }
    return try bpeModel(field)
  }

  private static func addedTokens(_ field: JSONField) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for item in try field.items() {
      tokens.append(
        AddedToken(
          content: try item["content"].text(), isSingleWord: try item["single_word"].flag(),
          stripsLeft: try item["lstrip"].flag(), stripsRight: try item["rstrip"].flag(),
          isNormalized: try item["normalized"].flag(), isSpecial: try item["special"].flag()))
    }
    return tokens
  }

  private static func truncation(_ field: JSONField) throws(TokenizerError) -> Truncation? {
    if field.isNull { return nil }
    let strategy = field["strategy"]
    if !strategy.isNull, try strategy.text() == "OnlySecond" {
      throw .unsupported(stage: .truncation, component: "OnlySecond", detail: nil)
    }
    return Truncation(
      maxTokenCount: try field["max_length"].count(),
      cutsLeft: try cutsLeft(field["direction"], default: "Right"))
  }

  private static func padding(_ field: JSONField) throws(TokenizerError) -> Padding? {
    if field.isNull { return nil }
    let strategy = field["strategy"]
    var fixed: Int?
    if strategy.node?.string != "BatchLongest" { fixed = try strategy["Fixed"].count() }
    let multiple = field["pad_to_multiple_of"]
    return Padding(
      fixedTokenCount: fixed, multipleOf: multiple.isNull ? nil : try multiple.count(),
      id: UInt32(try field["pad_id"].count()), padsLeft: try cutsLeft(field["direction"], default: nil))
  }

  private static func cutsLeft(_ field: JSONField, default other: String?) throws(TokenizerError) -> Bool {
    if field.isNull, let other { return other == "Left" }
    switch try field.text() {
    case "Left": return true
    case "Right": return false
    default: throw field.malformed("Right or Left")
    }
  }
}
