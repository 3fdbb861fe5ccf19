/// What a tiktoken file does not say itself: the pattern that cuts text into words, and the special tokens.
struct TiktokenFamily: Sendable, Equatable {
  var name: String
  /// In Oniguruma's syntax.
  var pattern: String
  /// Without those whose ids the file gives to tokens.
  var specialTokens: [SpecialToken]
  /// Whether the family's tokenizer brings text to NFC first.
  var normalizes = false

  struct SpecialToken: Sendable, Equatable {
    var text: String
    var id: UInt32
  }

  /// The family of a file that is known by its content or, failing that, by its name.
  /// - Parameters:
  ///   - hash: SHA-256 of the file in hexadecimal.
  ///   - fileName: such as `cl100k_base.tiktoken`.
  init?(hash: String, fileName: String) {
    let name = Self.knownHashes[hash] ?? fileName.split(separator: ".").first.map(String.init) ?? ""
    guard let family = Self.known(name) else { return nil }
    self = family
  }

  init(name: String, pattern: String, specialTokens: [SpecialToken], normalizes: Bool = false) {
    self.name = name
    self.pattern = pattern
    self.specialTokens = specialTokens
    self.normalizes = normalizes
  }

  private static let knownHashes = [
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": "r50k_base",
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": "p50k_base",
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": "cl100k_base",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d": "o200k_base",
    "b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126": "multilingual",
    "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186": "qwen",
  ]

  private static func known(_ name: String) -> TiktokenFamily? {
    let end = "<|endoftext|>"
    switch name {
    case "gpt2", "r50k_base", "p50k_base":
      return TiktokenFamily(
        name: name, pattern: KnownPattern.gpt2Text, specialTokens: [SpecialToken(text: end, id: 50256)])
    case "cl100k_base":
      let fill = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]
      return TiktokenFamily(
        name: name, pattern: KnownPattern.cl100kText,
        specialTokens: numbered([end] + fill, from: 100_257)
          + [SpecialToken(text: "<|endofprompt|>", id: 100_276)])
    case "o200k_base":
      return TiktokenFamily(
        name: name, pattern: KnownPattern.o200kText,
        specialTokens: [
          SpecialToken(text: end, id: 199_999), SpecialToken(text: "<|endofprompt|>", id: 200_018),
        ])
    case "multilingual":
      return TiktokenFamily(
        name: name, pattern: KnownPattern.gpt2Text, specialTokens: numbered(whisperTokens, from: 50257))
    case "qwen":
      let tokens = [end, "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
      return TiktokenFamily(
        name: name, pattern: KnownPattern.qwen2Text, specialTokens: numbered(tokens, from: 151_643),
        normalizes: true)
    default: return nil
    }
  }

  private static func numbered(_ tokens: [String], from first: UInt32) -> [SpecialToken] {
    zip(tokens, first...).map { SpecialToken(text: $0, id: $1) }
  }

  /// Whisper's, with the 99 languages of all its models but the newest. Source: openai-whisper.
  private static let whisperTokens: [String] = {
    let languages = """
      en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi \
      ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd \
      gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
      """.split(separator: " ").map(String.init)
    let tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    // Hundredths of a second, so that no rounding is needed: <|0.00|> to <|30.00|>.
    let times = (0...1500).map { step in
      let (seconds, rest) = (step * 2).quotientAndRemainder(dividingBy: 100)
      return "\(seconds).\(rest < 10 ? "0" : "")\(rest)"
    }
    return (["endoftext", "startoftranscript"] + languages + tasks + times).map { "<|\($0)|>" }
  }()
}
