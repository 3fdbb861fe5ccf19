internal import KTOCore

/// A byte-level BPE model: what turns the bytes of one pre-token into ids. Immutable once loaded.
struct BPEModel: Sendable {
  /// The vocabulary by the bytes of its tokens as the file writes them.
  let vocabulary: ByteKeyTable
  /// The tokens by id, empty where an id has none.
  let tokens: [String?]
  /// The id of each of the 256 bytes; nil where the vocabulary lacks it.
  let byteIDs: [UInt32?]
  let merges: MergeTable
  /// With `ignore_merges`: the tokens by the bytes they stand for, tried first on a whole pre-token.
  let wholeWords: ByteKeyTable?
  /// The id for bytes the vocabulary lacks; without one they are dropped.
  let unknownID: UInt32?
  /// Whether unknown bytes side by side make one token.
  let fusesUnknown: Bool

  func id(of token: String) -> UInt32? {
    vocabulary.find(token)
  }

  func token(of id: UInt32) -> String? { Int(id) < tokens.count ? tokens[Int(id)] : nil }
}

/// The changing part of encoding: scratch arrays and the word cache. One belongs to one thread at a time.
struct BPEEncoder: Sendable {
  private var word = BPEWord()
  private var cache = WordCache()

  /// Appends the ids of one pre-token.
  mutating func encode(
    _ text: Span<UInt8>, _ range: Range<Int>, with model: BPEModel, into output: inout [UInt32]
  ) {
    if range.isEmpty { return }
    let key = WordCache.Key(text, range)
    if let key, cache.append(key, to: &output) { return }
    let start = output.count
    encodeUncached(text, range, with: model, into: &output)
    if let key { cache.insert(key, output[start...]) }
  }

  private mutating func encodeUncached(
    _ text: Span<UInt8>, _ range: Range<Int>, with model: BPEModel, into output: inout [UInt32]
  ) {
    if let wholeWords = model.wholeWords, let id = wholeWords.find(text.extracting(range)) {
      output.append(id)
      return
    }
    word.removeAll()
    var lastIsUnknown = false
    for index in range {
      if let id = model.byteIDs[Int(text[index])] {
        word.append(id)
        lastIsUnknown = false
      } else if let unknown = model.unknownID {
        if !(lastIsUnknown && model.fusesUnknown) { word.append(unknown) }
        lastIsUnknown = true
      }
    }
    word.merge(model.merges)
    output.append(contentsOf: word.ids)
  }
}
