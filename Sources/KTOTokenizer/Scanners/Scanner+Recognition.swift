extension Scanner {
  /// The scanner that cuts as a definition's pre-tokenizers do; nil where none does exactly that.
  init?(_ definition: TokenizerDefinition) {
    guard let found = Self.metaspace(definition) ?? Self.byteLevel(definition) else { return nil }
    self = found
  }

  /// Byte-level models behind a pattern that is known word for word.
  private static func byteLevel(_ definition: TokenizerDefinition) -> Scanner? {
    var stages = definition.preTokenizers
    switch definition.model.alphabet {
    case .byteLevel:
      guard
        case .byteLevel(addsPrefixSpace: false, let usesPattern, writesCharacters: false) = stages.popLast()
      else { return nil }
      if usesPattern {
        return stages.isEmpty
          ? .gpt2(digitsApart: false) : stages == [.digits(individual: true)] ? .gpt2(digitsApart: true) : nil
      }
    case .bytes: break
    case .scalars: return nil
    }
    switch stages.count {
    case 1: return stages[0].matchedPattern.flatMap { whole[$0] }
    case 3: return stages.map(\.isolatedPattern) == deepSeekStages ? .deepSeek : nil
    default: return nil
    }
  }

  /// Models over U+2581 whose stages only put it in place of blanks and before the text, as sentencepiece's do.
  private static func metaspace(_ definition: TokenizerDefinition) -> Scanner? {
    let model = definition.model
    guard model.alphabet == .scalars, model.hasMetaspace, !model.dropsSymbols, !model.options.ignoresMerges,
      model.options.continuingPrefix.isEmpty, model.options.endSuffix.isEmpty
    else { return nil }
    let blank = TextPattern.string([0x20])
    let marks = Normalizer.replace(blank, with: BPEModel.mark)
    let writesMarks = definition.normalizers == [marks]
    let prepends = Normalizer.prepend(BPEModel.mark)
    let stage = definition.preTokenizers.first
    var prefix: MetaspaceWords.Prefix?
    if stage == nil, writesMarks {
      prefix = MetaspaceWords.Prefix.none
    } else if stage == nil,
      definition.normalizers == [prepends, marks] || definition.normalizers == [marks, prepends]
    {
      prefix = .always
    } else if definition.preTokenizers.count == 1, case .split(blank, _, inverts: false)? = stage, writesMarks
    {
      // Behind the normalizer there is no blank to split at.
      prefix = MetaspaceWords.Prefix.none
    } else if definition.preTokenizers.count == 1, case .metaspace(let metaspace)? = stage,
      definition.normalizers.isEmpty, metaspace.replacement == "\u{2581}", !metaspace.splits
    {
      switch metaspace.prepends {
      case .always: prefix = .unlessMarked
      case .first: prefix = .unlessMarkedAtStart
      case .never: prefix = MetaspaceWords.Prefix.none
      }
    }
    let joinedPairs = BytePairSet(model)
    if let prefix {
      return .metaspace(
        MetaspaceWords(
          readsBlanks: true, prefix: prefix, cutsClasses: model.knowsAllSymbols, joinedPairs: joinedPairs))
    }
    return definition.preTokenizers.isEmpty
      ? .metaspace(
        MetaspaceWords(
          readsBlanks: false, cutsClasses: model.knowsAllSymbols, joinedPairs: joinedPairs)) : nil
  }

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let spaces = #"\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// Patterns by themselves, each written as it stands in files.
  private static let whole: [String: Scanner] = {
    var patterns: [String: Scanner] = [
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2(
        digitsApart: false),
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2(digitsApart: false),
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#: .gpt2(
        digitsApart: false),
      // Oniguruma does not read `{1,3}+` as possessive, but as any number of them.
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"#:
        .llama3(digitLimit: .max, joinsMarks: false, keepsFinalSpaces: true),
    ]
    for (digits, limit) in [(#"\p{N}{1,3}"#, 3), (#"\p{N}"#, 1)] {
      for (letters, others, joinsMarks) in [
        (#"\p{L}+"#, #"[^\s\p{L}\p{N}]"#, false), (#"[\p{L}\p{M}]+"#, #"[^\s\p{L}\p{M}\p{N}]"#, true),
      ] {
        for lines in [#"\s*[\r\n]+"#, #"\s*[\r\n]"#] {
          patterns[
            contractions + #"|[^\r\n\p{L}\p{N}]?"# + letters + "|" + digits + "| ?" + others
              + #"+[\r\n]*|"# + lines + #"|\s+(?!\S)|\s+"#] =
            .llama3(digitLimit: limit, joinsMarks: joinsMarks, keepsFinalSpaces: false)
        }
      }
      for suffix in ["", contractions + "?"] {
        patterns[
          #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"# + suffix
            + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"# + suffix
            + "|" + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + spaces] =
          .o200k(hasContractions: !suffix.isEmpty, digitLimit: limit)
      }
    }
    return patterns
  }()

  private static let deepSeekStages: [String?] = [
    #"\p{N}{1,3}"#,
    "[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+",
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^"## + "\r\n"
      + #"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+["# + "\r\n" + #"]*|\s*["# + "\r\n"
      + #"]+|\s+(?!\S)|\s+"#,
  ]
}

extension PreTokenizer {
  /// The pattern of a stage that makes pieces of its matches and of what lies between them.
  fileprivate var isolatedPattern: String? {
    if case .split(.regex(let regex), .isolated, inverts: false) = self { regex.pattern } else { nil }
  }

  /// As `isolatedPattern`, also for a stage that removes what lies between: the patterns known match everything.
  fileprivate var matchedPattern: String? {
    if case .split(.regex(let regex), .removed, inverts: true) = self {
      regex.pattern
    } else {
      isolatedPattern
    }
  }
}

extension BPEModel {
  /// U+2581, which stands for a blank.
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  /// Whether the vocabulary has the mark itself, so that it is never unknown.
  var hasMetaspace: Bool { vocabulary.find(Self.mark.span) != nil }

  /// Whether every symbol has an id, be it those of its bytes.
  var knowsAllSymbols: Bool {
    options.fallsBackToBytes && !symbols.fallbackBytes.contains(SymbolTable.absent)
  }

  /// Whether symbols can vanish, so that those around them become neighbours.
  var dropsSymbols: Bool {
    options.unknownID == nil && !knowsAllSymbols
  }
}
