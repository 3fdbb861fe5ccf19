internal import KTOCore

/// A `tokenizer.json` file, checked: every stage is one that we run, or loading fails and names it.
struct TokenizerFile {
  let definition: TokenizerDefinition

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
    if !file["version"].isNull, try file["version"].text() != "1.0" { throw file["version"].malformed("1.0") }
    try BPEModelFile.checkType(file["model"])
    let normalizers = try Self.normalizers(file["normalizer"])
    var preTokenizers = try Self.preTokenizers(file["pre_tokenizer"])
    let alphabet: BPEModel.Alphabet = preTokenizers.leaveBytesToModel() ? .byteLevel : .scalars
    definition = TokenizerDefinition(
      model: try BPEModelFile(file["model"], tape).model(alphabet),
      normalizers: normalizers, preTokenizers: preTokenizers,
      postProcessors: try Self.postProcessors(file["post_processor"]),
      decoders: try Self.decoders(file["decoder"]),
      addedTokens: file["added_tokens"].isNull ? [] : try Self.addedTokens(file["added_tokens"]),
      truncation: try Self.truncation(file["truncation"]), padding: try Self.padding(file["padding"]))
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
