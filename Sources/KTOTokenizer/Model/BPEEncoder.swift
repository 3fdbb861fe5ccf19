/// Turns pre-tokens into ids: the word caches, and scratch memory that lives on from text to text.
///
/// One thread uses it at a time.
@safe struct BPEEncoder: ~Copyable {
  private let model: BPEModel
  private var words = WordCache()
  private var longWords = LongWordCache()
  private let merger = SymbolMerger()
  private var symbols = SymbolList()
  /// Whether pre-tokens are merged as bytes, without a list of symbols.
  private let mergesBytes: Bool

  /// The ids of the text so far; memory with room for as many more as the text may give.
  private var output: UnsafeMutablePointer<UInt32>
  private var capacity = 1 << 12
  private var count = 0

  init(_ model: BPEModel) {
    self.model = model
    mergesBytes =
      model.symbols.hasAllBytes && model.options.continuingPrefix.isEmpty && model.options.endSuffix.isEmpty
    unsafe output = .allocate(capacity: capacity)
  }

  deinit { unsafe output.deallocate() }

  /// Appends the ids of one pre-token.
  mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>, into ids: inout [UInt32]) {
    if range.isEmpty { return }
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      reserve(range.count)
      words.beginBatch()
      unsafe encode(base + range.lowerBound, range.count, readable: text.count - range.lowerBound)
      words.endBatch()
    }
    flush(into: &ids)
  }

  /// Encodes pre-tokens that lie side by side, the first from `text` on; `flush` gives their ids.
  ///
  /// - Parameters:
  ///   - readable: how many bytes may be read from `text` on.
  ///   - ends: where each ends.
  ///   - first: how many are left out.
  @inline(__always)
  mutating func encode(
    _ text: UnsafePointer<UInt8>, readable: Int, ends: UnsafeBufferPointer<UInt32>, from first: Int = 0
  ) {
    unsafe reserve(ends.last.map { Int($0) } ?? 0)
    var start = unsafe first == 0 ? 0 : Int(ends[first - 1])
    var index = first
    while index < ends.count {
      var batch = min(WordCache.batchSize, ends.count &- index)
      // The last words, from which 16 bytes cannot be read, go another way.
      while batch > 0, unsafe (batch == 1 ? start : Int(ends[index &+ batch &- 2])) &+ 16 > readable {
        batch &-= 1
      }
      if batch == 0 { break }
      unsafe encodeBatch(
        text, readable: readable, start: start, ends: ends.baseAddress.unsafelyUnwrapped + index, batch)
      index &+= batch
      start = unsafe Int(ends[index &- 1])
    }
    if index == ends.count { return }
    words.beginBatch()
    while index < ends.count {
      let end = unsafe Int(ends[index])
      unsafe encode(text + start, end &- start, readable: readable &- start)
      start = end
      index &+= 1
    }
    words.endBatch()
  }

  @inline(__always)
  private mutating func encodeBatch(
    _ text: UnsafePointer<UInt8>, readable: Int, start: Int, ends: UnsafePointer<UInt32>, _ batch: Int
  ) {
    words.beginBatch()
    let missing = unsafe words.find(text, start: start, ends: ends, count: batch)
    var done = 0
    for index in 0..<missing {
      let word = unsafe Int(words.missing[index])
      unsafe count = words.copy(done..<word, to: output + count) - output
      let wordStart = unsafe word == 0 ? start : Int(ends[word &- 1])
      unsafe encode(text + wordStart, Int(ends[word]) &- wordStart, readable: readable &- wordStart)
      done = word &+ 1
    }
    unsafe count = words.copy(done..<batch, to: output + count) - output
    words.endBatch()
  }

  /// Encodes one pre-token with a blank put before it.
  mutating func encodeBehindBlank(_ text: UnsafePointer<UInt8>, _ length: Int) {
    var word: [UInt8] = [0x20]
    unsafe word.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
    reserve(word.count)
    unsafe word.withUnsafeBufferPointer { word in
      guard let base = word.baseAddress else { return }
      words.beginBatch()
      unsafe encode(base, word.count, readable: word.count)
      words.endBatch()
    }
  }

  /// Moves the ids encoded so far to the end of an array.
  mutating func flush(into ids: inout [UInt32]) {
    unsafe ids.append(contentsOf: UnsafeBufferPointer(start: output, count: count))
    count = 0
  }

  /// Makes room for the ids of that many bytes, and four more.
  private mutating func reserve(_ bytes: Int) {
    let needed = count + bytes + 4
    guard needed > capacity else { return }
    capacity = max(needed, capacity * 2)
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    unsafe larger.update(from: output, count: count)
    unsafe output.deallocate()
    unsafe output = larger
  }

  /// A pre-token that is not yet known to be in a cache.
  private mutating func encode(_ word: UnsafePointer<UInt8>, _ length: Int, readable: Int) {
    let bytes = unsafe UnsafeBufferPointer(start: word, count: length)
    guard length <= WordKey.longest else { return unsafe encodeLong(bytes, readable) }
    let key = unsafe readable >= 16 ? words.key(word, length) : WordKey(bytes)
    let found = unsafe words.find(key, into: output + count)
    if found >= 0 {
      count += found
      return
    }
    let start = count
    unsafe encodeUncached(bytes, readable)
    unsafe words.insert(key, UnsafeBufferPointer(start: output + start, count: count - start))
  }

  private mutating func encodeLong(_ word: UnsafeBufferPointer<UInt8>, _ readable: Int) {
    guard word.count <= LongWordCache.longestKey else { return unsafe encodeUncached(word, readable) }
    let hash = unsafe longWords.hash(word)
    if let found = unsafe longWords.find(word, hash: hash, into: output + count) {
      count += found
      return
    }
    let start = count
    unsafe encodeUncached(word, readable)
    unsafe longWords.insert(
      word, hash: hash, UnsafeBufferPointer(start: output + start, count: count - start))
  }

  private mutating func encodeUncached(_ word: UnsafeBufferPointer<UInt8>, _ readable: Int) {
    if let id = unsafe model.wholeWord(word) {
      unsafe output[count] = id
      count += 1
    } else if mergesBytes, let base = word.baseAddress {
      count += unsafe model.symbols.bytes.withUnsafeBufferPointer { ids in
        unsafe model.symbols.bytePairRanks.withUnsafeBufferPointer { pairRanks in
          guard let ids = ids.baseAddress, let pairRanks = pairRanks.baseAddress else { return 0 }
          return model.merges.withLookup { lookup in
            unsafe merger.merge(
              .bytes(base, ids: ids, pairRanks: pairRanks), count: word.count, lookup, into: output + count)
          }
        }
      }
    } else {
      unsafe model.symbols(of: word, into: &symbols)
      // Symbols with prefix or suffix may be more than the bytes that room was made for.
      reserve(readable + symbols.ids.count)
      count += unsafe symbols.ids.withUnsafeBufferPointer { ids in
        guard let base = ids.baseAddress else { return 0 }
        return model.merges.withLookup { lookup in
          unsafe merger.merge(.ids(base), count: ids.count, lookup, into: output + count)
        }
      }
    }
  }

  /// The tokens of one pre-token and how many of its bytes each stands for. Slower than `encode`; the same ids.
  mutating func trace(_ text: Span<UInt8>, _ range: Range<Int>) -> [(id: UInt32, byteCount: Int)] {
    unsafe text.withUnsafeBufferPointer { text in
      let word = unsafe UnsafeBufferPointer(rebasing: text[range])
      if word.isEmpty { return [] }
      if let id = unsafe model.wholeWord(word) { return [(id, word.count)] }
      unsafe model.symbols(of: word, into: &symbols)
      let tokens = unsafe symbols.ids.withUnsafeBufferPointer { ids in
        guard let base = ids.baseAddress else { return [SymbolMerger.Token]() }
        return model.merges.withLookup { merger.tokens(unsafe .ids(base), count: ids.count, $0) }
      }
      return tokens.indices.map { index in
        let end = index + 1 < tokens.count ? tokens[index + 1].start : symbols.ids.count
        let bytes = symbols.byteCounts[tokens[index].start..<end].reduce(0) { $0 + Int($1) }
        return (tokens[index].id, bytes)
      }
    }
  }
}
