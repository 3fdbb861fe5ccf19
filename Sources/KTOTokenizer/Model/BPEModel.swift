/// A BPE model: what turns one pre-token into ids. Immutable once loaded.
struct BPEModel: Sendable {
  /// What the vocabulary is written in.
  enum Alphabet: Sendable, Equatable {
    /// GPT-2's characters, one for each byte; pre-tokens are the bytes they stand for.
    case byteLevel
    /// Bytes, as in a tiktoken file.
    case bytes
    /// The characters of the pre-tokens themselves.
    case scalars
  }

  struct Options: Sendable, Equatable {
    /// The id for symbols the vocabulary lacks; without one they are dropped.
    var unknownID: UInt32?
    /// Whether unknown symbols side by side make one token.
    var fusesUnknown = false
    /// Whether a symbol the vocabulary lacks is written with the tokens `<0x00>` to `<0xFF>`, where it has them all.
    var fallsBackToBytes = false
    /// Whether a pre-token that is a token as a whole is that token, whatever the merges say.
    var ignoresMerges = false
    /// Put before every symbol of a pre-token but the first.
    var continuingPrefix: [UInt8] = []
    /// Put behind the last symbol of a pre-token.
    var endSuffix: [UInt8] = []
  }

  let vocabulary: Vocabulary
  let merges: MergeTable
  let alphabet: Alphabet
  let options: Options
  /// The ids of single bytes and characters.
  private(set) var symbols: SymbolTable
  /// Whether pre-tokens whose bytes all have ids are merged as bytes, without a list of symbols.
  let mergesBytes: Bool

  /// Puts a model together from a vocabulary and merges of its ids.
  init(vocabulary: Vocabulary, merges: MergeTable, alphabet: Alphabet, options: Options = Options()) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.alphabet = alphabet
    self.options = options
    symbols = SymbolTable(vocabulary, merges, alphabet, fallsBackToBytes: options.fallsBackToBytes)
    mergesBytes = options.continuingPrefix.isEmpty && options.endSuffix.isEmpty
  }

  /// Reads blanks as U+2581, so that no stage before the model need write it.
  mutating func readBlanksAsMarks() { symbols.readBlanksAsMarks(merges) }

  func id(of token: String) -> UInt32? { vocabulary.find(token) }

  func token(of id: UInt32) -> String? { vocabulary.text(of: id) }

  /// The bytes a token is written with.
  func bytes(of id: UInt32) -> [UInt8]? { vocabulary[id].map { Array($0) } }

  /// The token that a whole pre-token is, where merges are ignored.
  func wholeWord(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard options.ignoresMerges else { return nil }
    var written = GrowingBuffer<UInt8>(capacity: 16)
    unsafe write(bytes, to: &written)
    return unsafe vocabulary.find(written.part(0..<written.count))
  }

  /// Appends bytes as the vocabulary writes them; of those that are more than any token's, as many as tell that.
  func write(_ bytes: UnsafeBufferPointer<UInt8>, to written: inout GrowingBuffer<UInt8>) {
    // No token's bytes are more than the characters it is written with take.
    let bytes = unsafe UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, vocabulary.longest + 1)])
    guard alphabet == .byteLevel else { return unsafe written.append(bytes) }
    written.reserve(bytes.count * 2)
    written.count += unsafe ByteLevelAlphabet.encode(bytes, into: written.end)
  }
}
