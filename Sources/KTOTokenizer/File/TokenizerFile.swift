internal import KTOCore

/// What a `tokenizer.json` says, checked: every stage is one that we run, or loading fails and names it.
struct TokenizerFile {
  var normalizer: Normalizer?
  var preTokenizers: [PreTokenizer]
  var model: BPEModel
  var postProcessors: [PostProcessor]
  var decoder: TokenDecoder
  var addedTokens: [AddedToken]
  var truncation: Truncation?
  var padding: Padding?

  /// Reads a file's content; `path` is for messages alone.
  init(json: [UInt8], path: String) throws(TokenizerError) {
    var parser = JSONParser(maxDepth: 64)
    let file: Result<TokenizerFile, TokenizerError>
    do throws(JSONSyntaxError) {
      file = try parser.read(json) { tape in
        do throws(TokenizerError) {
          return .success(try TokenizerFile(tape, path))
        } catch { return .failure(error) }
      }
    } catch { throw .notJSON(path: path, reason: error.description, offset: error.offset) }
    self = try file.get()
  }

  private init(_ tape: borrowing JSONTape, _ path: String) throws(TokenizerError) {
    let modelIndex = tape.member("model", of: 0)
    let large = ["vocab", "merges"].compactMap { name in modelIndex.flatMap { tape.member(name, of: $0) } }
    let root: JSONNode
    do throws(JSONSyntaxError) { root = try tape.node(omitting: large) } catch {
      throw .notJSON(path: path, reason: error.description, offset: error.offset)
    }
    let file = JSONField(root)
    _ = try file.object()
    normalizer = try Self.normalizer(file["normalizer"])
    preTokenizers = try Self.preTokenizers(file["pre_tokenizer"])
    postProcessors = try Self.postProcessors(file["post_processor"])
    decoder = try Self.decoder(file["decoder"])
    truncation = try Self.truncation(file["truncation"])
    padding = try Self.padding(file["padding"])
    addedTokens = file["added_tokens"].isNull ? [] : try Self.addedTokens(file["added_tokens"])
    model = try BPEModelFile(file["model"], tape).model(.byteLevel)
  }

  private static func normalizer(_ field: JSONField) throws(TokenizerError) -> Normalizer? {
    if field.isNull { return nil }
    let type = try field["type"].text()
    guard type == "NFC" else { throw .unsupported(stage: .normalizer, component: type, detail: nil) }
    return .nfc
  }

  private static func decoder(_ field: JSONField) throws(TokenizerError) -> TokenDecoder {
    if field.isNull { return .spaced }
    let type = try field["type"].text()
    switch type {
    case "ByteLevel": return .byteLevel
    case "Sequence":
      let items = try field["decoders"].items()
      guard items.count == 1 else {
        throw .unsupported(stage: .decoder, component: type, detail: "of \(items.count) decoders")
      }
      return try decoder(items[0])
    default: throw .unsupported(stage: .decoder, component: type, detail: nil)
    }
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
    let direction = field["direction"].isNull ? "Right" : try field["direction"].text()
    guard direction == "Right" || direction == "Left" else {
      throw field["direction"].malformed("Right or Left")
    }
    return Truncation(maxTokenCount: try field["max_length"].count(), cutsLeft: direction == "Left")
  }

  private static func padding(_ field: JSONField) throws(TokenizerError) -> Padding? {
    if field.isNull { return nil }
    let direction = try field["direction"].text()
    guard direction == "Right" || direction == "Left" else {
      throw field["direction"].malformed("Right or Left")
    }
    let strategy = field["strategy"]
    var fixed: Int?
    if strategy.node?.string != "BatchLongest" { fixed = try strategy["Fixed"].count() }
    let multiple = field["pad_to_multiple_of"]
    return Padding(
      fixedTokenCount: fixed, multipleOf: multiple.isNull ? nil : try multiple.count(),
      id: UInt32(try field["pad_id"].count()), padsLeft: direction == "Left")
  }
}
