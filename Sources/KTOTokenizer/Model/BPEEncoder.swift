/// Turns pre-tokens into ids: the word caches, and scratch memory that lives on from text to text.
///
/// Pre-tokens go in batches: those seen last are found without a branch (`WordCache`), the others are looked for
/// among all, and what is new is merged (`BPEEncoder+NewWords`) and remembered. One thread uses it at a time.
@safe struct BPEEncoder: ~Copyable {
  let model: BPEModel
  var words = WordCache()
  var longWords = LongWordCache()
  let merger = SymbolMerger()
  /// Of each window that is filled, whose word it holds: a place in `missing`.
  let filled: UnsafeMutablePointer<Int>
  var filledCount = 0
  var symbols = SymbolList()
  /// New words as the vocabulary writes them.
  var written = GrowingBuffer<UInt8>()

  /// Of the batch, in the order of `WordCache.missing`.
  let missing: UnsafeMutablePointer<MissingWord>
  /// Of the batch, places in `missing`: words that no cache has.
  let new: UnsafeMutablePointer<Int>
  /// The ids of words of the batch that no entry of the word cache holds.
  var looseIDs = GrowingBuffer<UInt32>()

  /// More ids of one word are not copied to those of the text on their way.
  private static let manyIDs = 1 << 12
  /// The ids of the text so far that are not handed over.
  private var output = GrowingBuffer<UInt32>()
  /// The last words of a text, with room behind them.
  private let tail: UnsafeMutablePointer<UInt8>
  private let tailEnds: UnsafeMutablePointer<UInt32>

  /// A word that is not among those seen last.
  struct MissingWord {
    /// Its place in the batch.
    var word: Int
    var start: Int
    var length: Int
    /// By which long words are remembered.
    var hash: UInt64 = 0
    /// The word as the vocabulary writes it, in `BPEEncoder.written`, and by what it finds it.
    var written = 0..<0
    var writtenHash: UInt64 = 0
    /// Its ids in `looseIDs`, or in `longWords` as long as nothing is new; none where the batch found an entry for it.
    var loose: Range<Int>?
    var isInCache = false

    init(word: Int, start: Int, length: Int) {
      self.word = word
      self.start = start
      self.length = length
    }

    /// Whether it is too long for the word cache.
    @inline(__always)
    var isLong: Bool { length > WordCache.longest }

    @inline(__always)
    func bytes(in text: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
      unsafe UnsafeBufferPointer(start: text + start, count: length)
    }
  }

  init(_ model: BPEModel) {
    self.model = model
    unsafe missing = .allocate(capacity: WordCache.batchSize)
    unsafe new = .allocate(capacity: WordCache.batchSize)
    unsafe filled = .allocate(capacity: merger.windows.count)
    unsafe tail = .allocate(capacity: 2 * WordCache.readCount)
    unsafe tailEnds = .allocate(capacity: WordCache.readCount)
  }

  deinit {
    unsafe missing.deallocate()
    unsafe new.deallocate()
    unsafe filled.deallocate()
    unsafe tail.deallocate()
    unsafe tailEnds.deallocate()
  }

  /// Appends the ids of one pre-token.
  mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>, into ids: inout [UInt32]) {
    if range.isEmpty { return }
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      let end = UInt32(truncatingIfNeeded: range.count)
      unsafe withUnsafePointer(to: end) { end in
        unsafe encode(
          base + range.lowerBound, readable: text.count - range.lowerBound,
          ends: UnsafeBufferPointer(start: end, count: 1), into: &ids)
      }
    }
    flush(into: &ids)
  }

  /// Encodes pre-tokens that lie side by side, the first from `text` on; `flush` appends the ids that are not yet.
  ///
  /// - Parameters:
  ///   - readable: how many bytes may be read from `text` on.
  ///   - ends: where each ends.
  ///   - first: how many are left out.
  @inline(__always)
  mutating func encode(
    _ text: UnsafePointer<UInt8>, readable: Int, ends: UnsafeBufferPointer<UInt32>, from first: Int = 0,
    into ids: inout [UInt32]
  ) {
    var start = unsafe first == 0 ? 0 : Int(ends[first - 1])
    var index = first
    while index < ends.count {
      var batch = min(WordCache.batchSize, ends.count &- index)
      // The last words, from which not enough can be read, go another way.
      while batch > 0,
        unsafe (batch == 1 ? start : Int(ends[index &+ batch &- 2])) &+ WordCache.readCount > readable
      {
        batch &-= 1
      }
      if batch == 0 { break }
      unsafe encodeBatch(
        text, start: start, ends: ends.baseAddress.unsafelyUnwrapped + index, batch, into: &ids)
      index &+= batch
      start = unsafe Int(ends[index &- 1])
    }
    if index < ends.count {
      unsafe encodeTail(text, start: start, UnsafeBufferPointer(rebasing: ends[index...]), into: &ids)
    }
  }

  /// Encodes words of which so little is left that it is copied.
  private mutating func encodeTail(
    _ text: UnsafePointer<UInt8>, start: Int, _ ends: UnsafeBufferPointer<UInt32>,
    into ids: inout [UInt32]
  ) {
    unsafe tail.update(repeating: 0, count: 2 * WordCache.readCount)
    let end = unsafe ends.last.map { Int($0) } ?? start
    unsafe tail.update(from: text + start, count: end - start)
    for index in 0..<ends.count { unsafe tailEnds[index] = ends[index] - UInt32(truncatingIfNeeded: start) }
    unsafe encodeBatch(tail, start: 0, ends: tailEnds, ends.count, into: &ids)
  }

  @inline(__always)
  private mutating func encodeBatch(
    _ text: UnsafePointer<UInt8>, start: Int, ends: UnsafePointer<UInt32>, _ batch: Int,
    into ids: inout [UInt32]
  ) {
    words.beginBatch()
    let missingCount = unsafe words.find(text, start: start, ends: ends, count: batch)
    looseIDs.count = 0
    if missingCount > 0 { unsafe findMissing(missingCount, text, start: start, ends: ends) }
    // An entry holds up to four ids, and as many are copied of each.
    output.reserve(4 &* batch)
    var done = 0
    for index in 0..<missingCount {
      guard let loose = unsafe missing[index].loose else { continue }
      let word = unsafe missing[index].word
      unsafe output.count = words.copy(done..<word, to: output.end) - output.start
      let looseIDs = unsafe missing[index].isInCache ? longWords.ids(loose) : looseIDs.part(loose)
      if loose.count > Self.manyIDs {
        flush(into: &ids)
        unsafe ids.append(contentsOf: looseIDs)
        output.reserve(4 &* (batch &- word))
      } else {
        output.reserve(loose.count &+ 4 &* (batch &- word))
        unsafe output.append(looseIDs)
      }
      done = word &+ 1
    }
    unsafe output.count = words.copy(done..<batch, to: output.end) - output.start
    words.endBatch()
  }

  /// Encodes one pre-token with a blank put before it.
  mutating func encodeBehindBlank(_ text: UnsafePointer<UInt8>, _ length: Int, into ids: inout [UInt32]) {
    var word: [UInt8] = [0x20]
    unsafe word.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
    let ends = [UInt32(truncatingIfNeeded: word.count)]
    unsafe word.withUnsafeBufferPointer { word in
      guard let base = word.baseAddress else { return }
      unsafe ends.withUnsafeBufferPointer {
        unsafe encode(base, readable: word.count, ends: $0, into: &ids)
      }
    }
  }

  /// Moves the ids encoded so far to the end of an array.
  mutating func flush(into ids: inout [UInt32]) {
    unsafe ids.append(contentsOf: UnsafeBufferPointer(start: output.start, count: output.count))
    output.count = 0
  }

  /// The tokens of one pre-token and how many of its bytes each stands for. Slower than `encode`; the same ids.
  mutating func trace(_ text: Span<UInt8>, _ range: Range<Int>) -> [(id: UInt32, byteCount: Int)] {
    unsafe text.withUnsafeBufferPointer { text in
      let word = unsafe UnsafeBufferPointer(rebasing: text[range])
      if word.isEmpty { return [] }
      if let id = unsafe model.wholeWord(word) { return [(id, word.count)] }
      unsafe model.symbols(of: word, into: &symbols)
      let tokens = model.merges.withLookup { lookup in
        unsafe merger.tokens(.ids(symbols.ids.start), count: symbols.ids.count, lookup)
      }
      return tokens.indices.map { index in
        let end = index + 1 < tokens.count ? tokens[index + 1].start : symbols.ids.count
        let bytes = unsafe symbols.byteCounts.part(tokens[index].start..<end).reduce(0) { $0 + Int($1) }
        return (tokens[index].id, bytes)
      }
    }
  }
}
