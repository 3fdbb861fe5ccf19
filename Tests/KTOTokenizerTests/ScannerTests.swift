import KTOCore
import Testing

@testable import KTOTokenizer

/// Patterns as they stand in real files, each with the scanner that cuts as it does.
private let stages: [(name: String, json: String)] = [
  ("GPT-2", #"{"type":"ByteLevel","add_prefix_space":false}"#),
  (
    "SmolLM",
    #"{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false}]}"#
  ),
  (
    "Llama 3",
    split(
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#
    )
  ),
  (
    "Qwen 3.5",
    split(
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#
    )
  ),
  (
    "o200k",
    split(
      #"[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#
    )
  ),
  (
    "DeepSeek",
    split(
      #"\\p{N}{1,3}"#, "[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+",
      ##"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"##
    )
  ),
]

private func split(_ patterns: String...) -> String {
  let splits = patterns.map {
    #"{"type":"Split","pattern":{"Regex":"\#($0)"},"behavior":"Isolated","invert":false},"#
  }
  return #"{"type":"Sequence","pretokenizers":["# + splits.joined()
    + #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}"#
}

/// A byte-level tokenizer of the 256 bytes and merges of all letters, spaces and apostrophes, so that ids tell where
/// pieces end.
private func tokenizer(_ preTokenizer: String) throws -> Tokenizer {
  var tokens = ByteLevelAlphabet.scalars.map { String(Character($0)) }
  var merges: [String] = []
  for left in "abst'1. ĠĊ".map(String.init) {
    for right in "abst'1. ĠĊ".map(String.init) where left != " " && right != " " {
      tokens.append(left + right)
      merges.append("[\"\(left)\",\"\(right)\"]")
    }
  }
  let entries = tokens.enumerated().map { id, token in
    let escaped = token == "\"" || token == "\\" ? "\\" + token : token
    return "\"\(escaped)\":\(id)"
  }
  let json =
    #"{"pre_tokenizer":\#(preTokenizer),"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"#
    + entries.joined(separator: ",") + "},\"merges\":[" + merges.joined(separator: ",") + "]}}"
  return try Tokenizer(json: Array(json.utf8), path: "tokenizer.json")
}

/// Texts that change class at every other character, and some long runs.
private func texts(count: Int) -> [String] {
  var random = SeededGenerator(seed: 11)
  let parts = [
    "a", "ab", "S", "T", "s", "'s", "'S", "'ll", "'\u{17F}", "1", "12", "٣", "²", " ", "  ", "\n", "\r\n",
    "\t", "\u{A0}",
    "\u{3000}", ".", "!?", "/", "_", "é", "É", "\u{1C5}", "\u{2B0}", "ß", "中", "中文", "か", "カ", "・",
    "\u{309B}", "\u{3099}",
    "\u{3097}", "\u{301}", "\u{0}", "\u{7F}", "\u{85}", "\u{200D}", "😀", "\u{E000}", "€", "𝟙", "\u{1F1E9}",
    "한", "ก็", "'",
    "''", "x'y", "\u{2028}",
  ]
  var texts = (0..<count).map { _ in
    (0..<Int.random(in: 1...14, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
      .joined()
  }
  // Over many blocks of 64 bytes, whose borders fall anywhere.
  texts += (0..<count / 4).map { _ in
    (0..<Int.random(in: 50...200, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
      .joined()
  }
  texts += ["a", " ", "é", "中", "\n"].map { String(repeating: $0, count: 200) }
  // Words of every length, of bytes that look like an empty entry of a cache.
  texts +=
    (1...300).map { String(repeating: "\0", count: $0) }
    + [1024, 1030].map { String(repeating: "\0", count: $0) }
  // Longer than the window that is scanned at once.
  texts.append(String(repeating: "the cat's 12 hats.\n\n", count: 3000))
  return texts
}

struct ScannerTests {
  @Test(arguments: stages.map(\.name))
  func `a scanner cuts as its pattern does`(_ name: String) throws {
    let stage = try #require(stages.first { $0.name == name })
    let tokenizer = try tokenizer(stage.json)
    #expect(tokenizer.scanner != nil)
    for text in texts(count: 3000) {
      let ids = try tokenizer.encode(text, addSpecialTokens: false)
      let staged = try tokenizer.encodeWithOffsets(bytes: Array(text.utf8), addSpecialTokens: false).ids
      #expect(ids == staged, "\(text.debugDescription)")
    }
  }
}
