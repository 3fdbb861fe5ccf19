/// A pre-tokenizer pattern, or a chain of them, that is cut by hand instead of by regular expression.
enum Scanner: Sendable, Equatable {
  /// GPT-2's; with `digitsApart` behind a Digits stage that cuts out every number.
  case gpt2(digitsApart: Bool)
  /// cl100k's, Llama 3's, Qwen's. `joinsMarks`: `[\p{L}\p{M}]` in place of `\p{L}`.
  case llama3(digitLimit: Int, joinsMarks: Bool, keepsFinalSpaces: Bool)
  /// o200k's; Tekken's has no contractions.
  case o200k(hasContractions: Bool, digitLimit: Int)
  case deepSeek
  /// No pattern, where tokens never hold U+2581 behind anything else: words begin with it.
  case metaspace

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
    case .metaspace: text.cutBeforeMetaspace()
    }
  }
}

extension ScannedText {
  /// Cuts before every U+2581 (E2 96 81) that another character precedes. Reads no masks. O(bytes).
  mutating func cutBeforeMetaspace() {
    var position = 0
    var isInRun = true
    while position < end {
      if byte(position) == 0xE2, position &+ 2 < end, byte(position &+ 1) == 0x96, byte(position &+ 2) == 0x81
      {
        if !isInRun { cut(at: position) }
        isInRun = true
        position &+= 3
      } else {
        isInRun = false
        position &+= 1
      }
    }
    if end > 0 { cut(at: end) }
  }
}
