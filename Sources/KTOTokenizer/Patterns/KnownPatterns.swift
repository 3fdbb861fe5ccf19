extension KnownPattern {
  /// Every known pattern. A new one is an entry here, with its scanner where there is one.
  ///
  /// A text must agree with the files' character by character: one that differs is cut by the regular expression.
  package static let all: [KnownPattern] = [
    gpt2, gpt2Expression, gpt2Grouped, gpt2Possessive, smolLM, falcon,
    llama3, qwen2, qwen35, cl100kPossessive,
    cased("llama3 with marks", digits: 3, joinsMarks: true),
    cased("llama3 by line ends", digits: 3, hasRunsOfLineEnds: false),
    cased("qwen2 by line ends", digits: 1, hasRunsOfLineEnds: false),
    cased("llama3 with marks by line ends", digits: 3, joinsMarks: true, hasRunsOfLineEnds: false),
    cased("qwen3.5 by line ends", digits: 1, joinsMarks: true, hasRunsOfLineEnds: false),
    o200k, tekken,
    byCase("o200k with single digits", digits: 1, hasContractions: true),
    byCase("tekken with groups of digits", digits: 3, hasContractions: false),
    deepSeekV3, deepSeekLLM, deepSeekCoder,
  ]

  // MARK: - GPT-2's

  static let gpt2 = KnownPattern("gpt2", [.gpt2], scanner: .gpt2(digitsApart: false))
  static let smolLM = KnownPattern(
    "smollm", [.digits(individual: true), .gpt2], scanner: .gpt2(digitsApart: true))
  static let falcon = KnownPattern(
    "falcon", [.punctuation, .gpt2, .digits(individual: false), .split("[0-9][0-9][0-9]")])

  static let gpt2Text = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  private static let gpt2Expression = KnownPattern(
    "gpt2 as an expression", gpt2Text, scanner: .gpt2(digitsApart: false))
  private static let gpt2Grouped = KnownPattern(
    "gpt2 with grouped suffixes",
    #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    scanner: .gpt2(digitsApart: false))
  private static let gpt2Possessive = KnownPattern(
    "gpt2 with possessive quantifiers",
    #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#,
    scanner: .gpt2(digitsApart: false))

  // MARK: - cl100k's and its kin

  static let llama3 = cased("llama3", digits: 3)
  static let qwen2 = cased("qwen2", digits: 1)
  static let qwen35 = cased("qwen3.5", digits: 1, joinsMarks: true)

  /// cl100k's, which Llama 3 took over. tiktoken writes it with possessive quantifiers, which change nothing but its
  /// speed, and leaves white space at the end of a text in one piece: that would matter only if a token ended in other
  /// white space after a line end, and none of cl100k's does.
  static let cl100kText = casedText(digits: 3)
  static let qwen2Text = casedText(digits: 1)

  // Oniguruma does not read `{1,3}+` as possessive, but as any number of them.
  private static let cl100kPossessive = KnownPattern(
    "cl100k with possessive quantifiers",
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#,
    scanner: .llama3(digitLimit: .max, joinsMarks: false, keepsFinalSpaces: true))

  private static func cased(
    _ name: String, digits: Int, joinsMarks: Bool = false, hasRunsOfLineEnds: Bool = true
  ) -> KnownPattern {
    KnownPattern(
      name, casedText(digits: digits, joinsMarks: joinsMarks, hasRunsOfLineEnds: hasRunsOfLineEnds),
      scanner: .llama3(digitLimit: digits, joinsMarks: joinsMarks, keepsFinalSpaces: false))
  }

  /// - Parameters:
  ///   - digits: how many make a word: 3 or 1.
  ///   - joinsMarks: whether marks belong to the letters that they follow.
  ///   - hasRunsOfLineEnds: `\s*[\r\n]+`, which matches the same as `\s*[\r\n]`.
  private static func casedText(
    digits: Int, joinsMarks: Bool = false, hasRunsOfLineEnds: Bool = true
  ) -> String {
    contractions + #"|[^\r\n\p{L}\p{N}]?"# + (joinsMarks ? #"[\p{L}\p{M}]+"# : #"\p{L}+"#) + "|"
      + numbers(digits) + "| ?" + (joinsMarks ? #"[^\s\p{L}\p{M}\p{N}]"# : #"[^\s\p{L}\p{N}]"#)
      + #"+[\r\n]*|"# + (hasRunsOfLineEnds ? #"\s*[\r\n]+"# : #"\s*[\r\n]"#) + #"|\s+(?!\S)|\s+"#
  }

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"

  private static func numbers(_ limit: Int) -> String { limit == 1 ? #"\p{N}"# : #"\p{N}{1,\#(limit)}"# }

  // MARK: - o200k's and its kin: words of capitals and small letters

  static let o200k = byCase("o200k", digits: 3, hasContractions: true)
  static let tekken = byCase("tekken", digits: 1, hasContractions: false)

  static let o200kText = byCaseText(digits: 3, hasContractions: true)

  private static func byCase(_ name: String, digits: Int, hasContractions: Bool) -> KnownPattern {
    KnownPattern(
      name, byCaseText(digits: digits, hasContractions: hasContractions),
      scanner: .o200k(hasContractions: hasContractions, digitLimit: digits))
  }

  private static func byCaseText(digits: Int, hasContractions: Bool) -> String {
    let suffix = hasContractions ? contractions + "?" : ""
    return #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"# + suffix
      + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"# + suffix + "|"
      + numbers(digits) + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }
}
