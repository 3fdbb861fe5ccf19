extension Scanner {
  /// The scanner that cuts as a definition's pre-tokenizers do; nil where none does exactly that.
  init?(_ definition: TokenizerDefinition) {
    guard let found = Self.metaspace(definition) ?? Self.byteLevel(definition) else { return nil }
    self = found
  }

  /// Byte-level models behind a pattern that is known word for word.
  private static func byteLevel(_ definition: TokenizerDefinition) -> Scanner? {
    var stages = definition.preTokenizers
    var hasOwnPattern = false
    switch definition.model.alphabet {
    case .byteLevel:
      guard
        case .byteLevel(addsPrefixSpace: false, let usesPattern, writesCharacters: false) = stages.popLast()
      else { return nil }
      hasOwnPattern = usesPattern
    case .bytes: break
    case .scalars: return nil
    }
    var steps: [KnownPattern.Step] = []
    for stage in stages {
      guard let step = stage.step(isAlone: stages.count == 1 && !hasOwnPattern) else { return nil }
      steps.append(step)
    }
    if hasOwnPattern { steps.append(.gpt2) }
    return KnownPattern.all.first { $0.steps == steps }?.scanner
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
}

extension PreTokenizer {
  /// The stage as a step of a known pattern; nil where it is none.
  /// - Parameter isAlone: whether no other stage cuts text. A pattern that matches everything then leaves nothing
  ///   between its matches, whose removal makes no difference.
  fileprivate func step(isAlone: Bool) -> KnownPattern.Step? {
    switch self {
    case .split(.regex(let regex), .isolated, inverts: false): .split(regex.pattern)
    case .split(.regex(let regex), .removed, inverts: true): isAlone ? .split(regex.pattern) : nil
    case .digits(let individual): .digits(individual: individual)
    case .punctuation(.contiguous): .punctuation
    default: nil
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
