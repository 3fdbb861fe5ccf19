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

  /// A word that is not among those seen last.
  struct MissingWord {
    /// Its place in the batch.
    var word: Int
    var start: Int
    var length: Int
    /// Of a short word that is new, its entry in the word cache.
    var entry = 0
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
  }

  deinit {
    unsafe missing.deallocate()
    unsafe new.deallocate()
    unsafe filled.deallocate()
  }

  /// Encodes pre-tokens that lie side by side, and appends their ids.
  ///
  /// - Parameters:
  ///   - text: where the first begins; `WordCache.readCount` bytes may be read from the start of each on.
  ///   - ends: where each ends.
  ///   - marks: what stands between them, in order.
  mutating func encode(
    _ text: UnsafePointer<UInt8>, ends: UnsafeBufferPointer<UInt32>,
    marks: UnsafeBufferPointer<WordQueue.Mark>,
    into documents: inout EncodedDocuments
  ) {
    var start = 0
    var index = 0
    var mark = 0
    while index < ends.count {
      let count = min(WordCache.batchSize, ends.count &- index)
      let batch = unsafe Batch(
        text: text, start: start, ends: ends.baseAddress.unsafelyUnwrapped + index, count: count, first: index
      )
      unsafe encode(batch, marks, &mark, into: &documents)
      index &+= count
      start = unsafe Int(ends[index &- 1])
    }
    while mark < marks.count {
      unsafe put(marks[mark], into: &documents)
      mark &+= 1
    }
    // While they are near.
    flush(into: &documents)
  }

  /// Encodes all that waits in a queue.
  mutating func empty(_ queue: inout WordQueue, into documents: inout EncodedDocuments) {
    if queue.isEmpty { return }
    unsafe encode(
      queue.text.start, ends: queue.ends.part(0..<queue.ends.count),
      marks: queue.marks.part(0..<queue.marks.count), into: &documents)
    queue.removeAll()
  }

  /// Appends the ids of a text that is one word and was before; answers whether it is.
  mutating func encodeKnown(_ text: UnsafeBufferPointer<UInt8>, into documents: inout EncodedDocuments)
    -> Bool
  {
    guard let ids = unsafe longWords.find(text: text, longWords.hash(text)) else { return false }
    unsafe documents.append(longWords.ids(ids))
    return true
  }

  /// Notes for `encodeKnown` that a text which has been encoded is one word.
  func noteWord(_ text: UnsafeBufferPointer<UInt8>) {
    unsafe longWords.markAsText(text, longWords.hash(text))
  }

  /// Words that are looked up at once.
  @unsafe struct Batch {
    /// What the positions count from.
    var text: UnsafePointer<UInt8>
    /// Where the first word begins.
    var start: Int
    var ends: UnsafePointer<UInt32>
    var count: Int
    /// How many words are before them.
    var first: Int
  }

  @inline(__always)
  private mutating func encode(
    _ batch: Batch, _ marks: UnsafeBufferPointer<WordQueue.Mark>, _ mark: inout Int,
    into documents: inout EncodedDocuments
  ) {
    words.beginBatch()
    let missingCount = unsafe words.find(batch.text, start: batch.start, ends: batch.ends, count: batch.count)
    looseIDs.count = 0
    if missingCount > 0 { unsafe findMissing(missingCount, batch) }
    var copied = Copied()
    while unsafe mark < marks.count && marks[mark].wordCount &- batch.first < batch.count {
      unsafe copy(upTo: marks[mark].wordCount &- batch.first, &copied, missingCount, into: &documents)
      unsafe put(marks[mark], into: &documents)
      mark &+= 1
    }
    unsafe copy(upTo: batch.count, &copied, missingCount, into: &documents)
    words.endBatch()
  }

  /// How much of a batch is copied: words, and those of them that were missing.
  private struct Copied {
    var words = 0
    var missing = 0
  }

  /// Copies the ids of a batch's words.
  @inline(__always)
  private mutating func copy(
    upTo end: Int, _ copied: inout Copied, _ missingCount: Int, into documents: inout EncodedDocuments
  ) {
    // An entry holds up to four ids, and as many are copied of each.
    output.reserve(4 &* (end &- copied.words))
    while copied.missing < missingCount {
      let word = unsafe missing[copied.missing]
      if word.word >= end { break }
      copied.missing &+= 1
      guard let loose = word.loose else { continue }
      unsafe output.count = words.copy(copied.words..<word.word, to: output.end) - output.start
      let looseIDs = unsafe word.isInCache ? longWords.ids(loose) : looseIDs.part(loose)
      if loose.count > Self.manyIDs {
        flush(into: &documents)
        unsafe documents.append(looseIDs)
      } else {
        output.reserve(loose.count &+ 4 &* (end &- word.word))
        unsafe output.append(looseIDs)
      }
      copied.words = word.word &+ 1
    }
    unsafe output.count = words.copy(copied.words..<end, to: output.end) - output.start
    copied.words = end
  }

  @inline(__always)
  private mutating func put(_ mark: WordQueue.Mark, into documents: inout EncodedDocuments) {
    if mark.id == WordQueue.Mark.documentEnd {
      documents.ends.append(documents.ids.count &+ output.count)
    } else {
      output.append(mark.id)
    }
  }

  /// Moves the ids encoded so far to the end of an array.
  private mutating func flush(into documents: inout EncodedDocuments) {
    unsafe documents.append(UnsafeBufferPointer(start: output.start, count: output.count))
    output.count = 0
  }
}
