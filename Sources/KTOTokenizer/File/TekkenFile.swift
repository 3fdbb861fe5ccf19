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

  /// Whether a file's root is of this format.
  static func matches(_ root: JSONNode) -> Bool {
    root["config"]?["pattern"] != nil && root["vocab"]?.array != nil
  }

  init(_ root: JSONNode) throws(TokenizerError) {
    let file = JSONField(root)
    let config = file["config"]
    pattern = try config["pattern"].text()
    let size = try config["default_vocab_size"].count()
    let specialCount = try config["default_num_special_tokens"].count()
    guard size <= RankedVocabulary.limit, specialCount <= size else {
      throw config["default_vocab_size"].malformed("at least default_num_special_tokens")
    }
    specialTokens = try Self.specialTokens(
      file["special_tokens"], count: specialCount, version: try config["version"].text())
    guard let entries = file["vocab"].node?.array, entries.count >= size - specialCount else {
      throw file["vocab"].malformed("an array of at least \(size - specialCount) tokens")
    }
    tokens = []
    tokens.reserveCapacity(size - specialCount)
    for (rank, entry) in entries.prefix(size - specialCount).enumerated() {
      let place = "/vocab/\(rank)"
      guard entry["rank"]?.int == rank else {
        throw .malformed(pointer: place + "/rank", expected: "\(rank)", offset: entry.offset)
      }
      guard let text = entry["token_bytes"]?.string, let token = decodedBase64(Array(text.utf8)[...]),
        rank >= 256 ? !token.isEmpty : token == [UInt8(truncatingIfNeeded: rank)]
      else {
        let expected = rank >= 256 ? "a token in base64" : "the byte \(rank) in base64"
        throw .malformed(pointer: place + "/token_bytes", expected: expected, offset: entry.offset)
      }
      tokens.append(token)
    }
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
