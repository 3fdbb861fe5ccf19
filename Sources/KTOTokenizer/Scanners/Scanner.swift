/// A pre-tokenizer pattern, or a chain of them, that is cut by hand instead of by regular expression.
enum Scanner: Sendable, Equatable {
  /// GPT-2's; with `digitsApart` behind a Digits stage that cuts out every number.
  case gpt2(digitsApart: Bool)
  /// cl100k's, Llama 3's, Qwen's. `joinsMarks`: `[\p{L}\p{M}]` in place of `\p{L}`.
  case llama3(digitLimit: Int, joinsMarks: Bool, keepsFinalSpaces: Bool)
  /// o200k's; Tekken's has no contractions.
  case o200k(hasContractions: Bool, digitLimit: Int)
  case deepSeek
  /// No pattern, as in sentencepiece's models: cut where no merge joins two characters.
  case metaspace(MetaspaceWords)

  /// Whether it stands in for the normalizers, too, and takes text as it comes.
  var readsBlanks: Bool {
    if case .metaspace(let words) = self { words.readsBlanks } else { false }
  }

  /// What the masks that it reads mean; nil where it reads none.
  var meaning: ClassMasks.Meaning? {
    switch self {
    case .gpt2(let digitsApart): .words(digits: digitsApart)
    case .llama3(_, let joinsMarks, _): joinsMarks ? .markedWords : .words(digits: false)
    case .o200k: .casedWords
    case .deepSeek: .ideographs
    case .metaspace: nil
    }
  }

  /// Cuts a text whose masks have this scanner's meaning.
  func cut(_ text: inout ScannedText) {
    switch self {
    case .gpt2(digitsApart: true): text.cutAsGPT2(digitsApart: true)
    case .gpt2(digitsApart: false): text.cutAsGPT2(digitsApart: false)
    case .llama3(let digitLimit, _, let keepsFinalSpaces):
      text.cutAsLlama3(digitLimit: digitLimit, keepsFinalSpaces: keepsFinalSpaces)
    case .o200k(let hasContractions, let digitLimit):
      text.cutAsO200k(hasContractions: hasContractions, digitLimit: digitLimit)
    case .deepSeek: text.cutAsDeepSeek()
    case .metaspace(let words): text.cutAsMetaspace(words)
    }
  }
}
