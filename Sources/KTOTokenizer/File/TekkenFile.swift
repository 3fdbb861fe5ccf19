internal import KTOCore

/// What Mistral's `tekken.json` says: ranked tokens in base64, the pattern that cuts text, and special tokens,
/// whose ids come before those of the others.
struct TekkenFile {
  struct SpecialToken: Equatable {
    var text: String
    /// Whether it steers the model and stands for no text.
    var isControl: Bool
  }

  var pattern: String
  /// By rank; those beyond `default_vocab_size` are left out, as the reference does.
  var tokens: [[UInt8]]
  /// By id, as many as the file reserves ids for.
  var specialTokens: [SpecialToken]

  /// Whether a document has this format's parts, and not those of a `tokenizer.json`.
  static func matches(_ bytes: [UInt8]) -> Bool {
    // Each of its tokens has this key, so that most other documents need not be parsed.
    guard contains(Array("\"token_bytes\"".utf8), in: bytes.span) else { return false }
    var parser = JSONParser(maxDepth: 64)
    let matches = try? parser.read(bytes) { tape in
      tape.member("config", of: 0) != nil && tape.member("vocab", of: 0) != nil
        && tape.member("model", of: 0) == nil
    }
    return matches ?? false
  }

  /// Reads a file's content; `path` is for messages alone.
  init(json: [UInt8], path: String) throws(TokenizerError) {
    var parser = JSONParser(maxDepth: 64)
    let file: Result<TekkenFile, TokenizerError>
    do throws(JSONSyntaxError) {
      file = try parser.read(json) { tape in
        do throws(TokenizerError) {
          return .success(try TekkenFile(tape, path))
        } catch { return .failure(error) }
      }
    } catch { throw .notJSON(path: path, reason: error.description, offset: error.offset) }
    self = try file.get()
  }

  private init(_ tape: borrowing JSONTape, _ path: String) throws(TokenizerError) {
    // As nodes the tokens would take most of the time.
    let vocab = tape.member("vocab", of: 0)
    let root: JSONNode
    do throws(JSONSyntaxError) { root = try tape.node(omitting: vocab.map { [$0] } ?? []) } catch {
      throw .notJSON(path: path, reason: error.description, offset: error.offset)
    }
    let file = JSONField(root)
    _ = try file.object()
    let config = file["config"]
    pattern = try config["pattern"].text()
    let size = try config["default_vocab_size"].count()
    let specialCount = try config["default_num_special_tokens"].count()
    guard size <= RankedVocabulary.limit, specialCount <= size else {
      throw config["default_vocab_size"].malformed("at least default_num_special_tokens")
    }
    specialTokens = try Self.specialTokens(
      file["special_tokens"], count: specialCount, version: try config["version"].text())
    guard let vocab, tape.kind(vocab) == .arrayBegin else { throw file["vocab"].malformed("an array") }
    tokens = []
    var next = vocab + 1
    while tokens.count < size - specialCount, tape.kind(next) == .objectBegin {
      tokens.append(try Self.token(tape, next, rank: tokens.count))
      next = tape.end(of: next)
    }
    guard tokens.count == size - specialCount else {
      throw file["vocab"].malformed("an array of at least \(size - specialCount) tokens")
    }
  }

  private static func token(
    _ tape: borrowing JSONTape, _ index: Int, rank: Int
  ) throws(TokenizerError) -> [UInt8] {
    let place = "/vocab/\(rank)"
    guard let number = tape.member("rank", of: index), tape.kind(number) == .integer,
      tape.integer(number) == rank
    else { throw .malformed(pointer: place + "/rank", expected: "\(rank)", offset: tape.offset(index)) }
    guard let text = tape.member("token_bytes", of: index), tape.kind(text) == .string,
      let token = unsafe tape.withText(text, { unsafe decodedBase64(Array($0)[...]) }),
      rank >= 256 ? !token.isEmpty : token == [UInt8(truncatingIfNeeded: rank)]
    else {
      let expected = rank >= 256 ? "a token in base64" : "the byte \(rank) in base64"
      throw .malformed(pointer: place + "/token_bytes", expected: expected, offset: tape.offset(index))
    }
    return token
  }

  /// The file's special tokens, or those of versions up to 7, which list none; the rest are fillers.
  private static func specialTokens(
    _ field: JSONField, count: Int, version: String
  ) throws(TokenizerError) -> [SpecialToken] {
    var tokens: [SpecialToken] = []
    if field.isNull {
      guard ["v1", "v2", "v3", "v7"].contains(version) else {
        throw field.malformed("the special tokens, which version \(excerpt(version)) must list")
      }
      tokens = unlisted.map { SpecialToken(text: $0, isControl: true) }
    } else {
      for (id, item) in try field.items().enumerated() {
        guard item["rank"].node?.int == id else { throw item["rank"].malformed("\(id)") }
        tokens.append(
          SpecialToken(text: try item["token_str"].text(), isControl: try item["is_control"].flag(or: true)))
      }
    }
    guard tokens.count <= count else { throw field.malformed("at most \(count) tokens") }
    for id in tokens.count..<count {
      tokens.append(SpecialToken(text: "<SPECIAL_\(id)>", isControl: true))
    }
    var texts: Set<[UInt8]> = []
    for (id, token) in tokens.enumerated() where !texts.insert(Array(token.text.utf8)).inserted {
      throw .malformed(pointer: "/special_tokens/\(id)", expected: "a new token", offset: field.offset)
    }
    return tokens
  }

  /// Source: mistral-common, the special tokens of tekken files that name none.
  private static let unlisted = [
    "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]", "[PREFIX]", "[MIDDLE]",
    "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]",
  ]
}
