internal import CTextKernels

/// Remembers the ids of pre-tokens, so that one seen before costs a look-up.
///
/// An entry is half a cache line: up to 15 bytes of the pre-token with their count, and up to four ids; more ids lie in
/// a buffer beside it. Three tables, since what a look-up costs is the memory it reaches: the words seen last, a cache
/// line for two of them, which is looked at first; all entries in the order they came, so that words that come early
/// and often lie together; and a small hash table of their numbers. When it is full it forgets everything. One belongs
/// to one encoder. The hash is seeded.
///
/// Words are looked up in batches: first all among those seen last, without a branch on what is found, then the
/// others, whose memory is asked for before it is needed; ids are copied at the end, in order. A word that comes again,
/// and was not among those seen last, becomes so when the batch is done, for until then entries are pointed at.
@safe struct WordCache: ~Copyable {
  /// How many words are looked up at once.
  static let batchSize = 512
  /// How many bytes are read of each word, whatever its length.
  static let readCount = 16
  /// The most bytes that an entry holds.
  static let longest = 15
  /// In place of a count of ids, in a key's topmost bits: they are spilled, or not known yet.
  private static let isSpilled: UInt64 = 15
  private static let isPending: UInt64 = 14
  private static let countShift: UInt64 = 60
  private static let recentSetBits = 16
  private static let entryLimit = NumberTable.limit
  private static let spilledLimit = 1 << 24
  /// An entry of no word: no text has such bytes.
  private static let free = kto_word_entry(key: kto_word_key(low: .max, high: .max), ids: (0, 0, 0, 0))

  /// The words seen last, and what looking up a batch writes.
  private let lookup: kto_word_lookup
  private let recent: UnsafeMutablePointer<kto_word_entry>
  private let found: UnsafeMutablePointer<UnsafeMutablePointer<kto_word_entry>?>
  private let hashes: UnsafeMutablePointer<UInt64>
  private let keys: UnsafeMutablePointer<kto_word_key>
  /// Which words of the batch are not among those seen last.
  let missing: UnsafeMutablePointer<UInt32>
  private let vectors = kto_best_vectors()

  /// All entries in the order they came; memory for all there may be, which takes none before it is written to.
  private let entries: UnsafeMutablePointer<kto_word_entry>
  private var count = 0
  private var numbers = NumberTable()
  private var spilled = GrowingBuffer<UInt32>()
  /// Numbers of the entries that were found in this batch, and not among those seen last.
  private let seen: UnsafeMutablePointer<UInt32>
  private var seenCount = 0

  init() {
    let recentCount = 2 << Self.recentSetBits
    unsafe found = .allocate(capacity: Self.batchSize)
    unsafe hashes = .allocate(capacity: Self.batchSize)
    unsafe keys = .allocate(capacity: Self.batchSize)
    unsafe missing = .allocate(capacity: Self.batchSize)
    unsafe seen = .allocate(capacity: Self.batchSize)
    unsafe recent = Pages.allocate(recentCount, of: kto_word_entry.self)
    unsafe recent.initialize(repeating: Self.free, count: recentCount)
    unsafe entries = Pages.allocate(Self.entryLimit, of: kto_word_entry.self)
    unsafe lookup = kto_word_lookup(
      table: recent, table_bits: Int64(Self.recentSetBits), seed: UInt64.random(in: 0...UInt64.max),
      keys: keys, hashes: hashes, found: found, missing: missing)
  }

  deinit {
    unsafe found.deallocate()
    unsafe hashes.deallocate()
    unsafe keys.deallocate()
    unsafe missing.deallocate()
    unsafe seen.deallocate()
    unsafe recent.deallocate()
    unsafe entries.deallocate()
  }

  /// Makes room for what a batch may insert.
  @inline(__always)
  mutating func beginBatch() {
    if count &+ Self.batchSize > Self.entryLimit || spilled.count > Self.spilledLimit { forget() }
    if numbers.isTooSmall(for: count &+ Self.batchSize) { enlarge() }
  }

  /// Looks for up to `batchSize` words, side by side, among those seen last; `copy` gives the ids of those found.
  ///
  /// - Parameters:
  ///   - text: what `start` and `ends` count from; `readCount` bytes may be read from the start of each word on.
  /// - Returns: how many of `missing` hold a word that was not found.
  @inline(__always)
  func find(_ text: UnsafePointer<UInt8>, start: Int, ends: UnsafePointer<UInt32>, count: Int) -> Int {
    let missingCount = unsafe Int(
      kto_find_words(vectors, lookup, text, Int64(start), ends, Int64(count)))
    // Asks for the memory that the look-ups of missing words will read.
    for index in 0..<missingCount { unsafe numbers.prefetch(hashes[Int(missing[index])]) }
    for index in 0..<missingCount {
      unsafe kto_prefetch(entries + numbers.firstNumber(hashes[Int(missing[index])]))
    }
    return missingCount
  }

  /// Writes the ids of words of the batch that were found, and answers where they end.
  ///
  /// - Parameter output: room for four ids a word.
  @inline(__always)
  func copy(_ words: Range<Int>, to output: UnsafeMutablePointer<UInt32>) -> UnsafeMutablePointer<UInt32> {
    unsafe kto_copy_ids(found, Int64(words.lowerBound), Int64(words.upperBound), output)
  }

  /// What is known of a word that is not among those seen last.
  enum Known {
    /// It has an entry now, whose ids are to be set.
    case new(entry: Int)
    /// It came in this batch before: its ids are not set yet.
    case pending
    /// The batch has its entry now.
    case entry
    /// More ids than an entry holds.
    case spilled(Range<Int>)
  }

  /// Looks for a missing word of the batch, which is not too long, among all.
  @inline(__always)
  mutating func look(for word: Int) -> Known {
    guard let number = number(of: word) else { return .new(entry: insert(word)) }
    let entry = unsafe entries + number
    switch unsafe entry.pointee.key.high &>> Self.countShift {
    case Self.isPending: return .pending
    case Self.isSpilled:
      let start = unsafe Int(entry.pointee.ids.0)
      return unsafe .spilled(start..<start + Int(entry.pointee.ids.1))
    default: break
    }
    unsafe found[word] = entry
    unsafe seen[seenCount] = UInt32(truncatingIfNeeded: number)
    seenCount &+= 1
    return .entry
  }

  /// The ids of a word that `look` says are spilled.
  func spilledIDs(_ range: Range<Int>) -> UnsafeBufferPointer<UInt32> { unsafe spilled.part(range) }

  /// The number of the entry of a word of the batch.
  @inline(__always)
  private func number(of word: Int) -> Int? {
    let key = unsafe keys[word]
    return unsafe numbers.find(hashes[word]) { number in
      let known = unsafe entries[number].key
      return (known.low ^ key.low) | ((known.high ^ key.high) &<< 4) == 0
    }
  }

  /// Ends a batch: words that were found among all are now those seen last.
  @inline(__always)
  mutating func endBatch() {
    for index in 0..<seenCount {
      let entry = unsafe entries[Int(seen[index])]
      let set = unsafe kto_word_set(lookup, hash(entry)).unsafelyUnwrapped
      unsafe set[1] = set[0]
      unsafe set[0] = entry
    }
    seenCount = 0
  }

  private mutating func insert(_ word: Int) -> Int {
    var key = unsafe keys[word]
    key.high |= Self.isPending << Self.countShift
    unsafe (entries + count).initialize(to: kto_word_entry(key: key, ids: (0, 0, 0, 0)))
    unsafe numbers.insert(count, hashes[word])
    count &+= 1
    return count &- 1
  }

  /// Sets the ids of a new word of the batch; answers whether the batch has its entry now.
  mutating func set(_ ids: UnsafeBufferPointer<UInt32>, of word: Int, entry number: Int) -> Bool {
    let entry = unsafe entries + number
    unsafe entry.pointee.key = keys[word]
    if ids.count > 4 {
      unsafe entry.pointee.key.high |= Self.isSpilled << Self.countShift
      unsafe entry.pointee.ids.0 = UInt32(spilled.count)
      unsafe entry.pointee.ids.1 = UInt32(ids.count)
      unsafe spilled.append(ids)
      return false
    }
    unsafe entry.pointee.key.high |= UInt64(ids.count) << Self.countShift
    unsafe withUnsafeMutableBytes(of: &entry.pointee.ids) {
      unsafe $0.copyMemory(from: UnsafeRawBufferPointer(ids))
    }
    unsafe found[word] = entry
    return true
  }

  /// The hash of an entry's word.
  private func hash(_ entry: kto_word_entry) -> UInt64 {
    var key = entry.key
    key.high &= ~(15 &<< Self.countShift)
    return unsafe kto_word_hash(key, lookup.seed)
  }

  private mutating func enlarge() {
    numbers.clear(for: count + Self.batchSize)
    for number in 0..<count { numbers.insert(number, unsafe hash(entries[number])) }
  }

  private mutating func forget() {
    numbers.removeAll()
    unsafe recent.initialize(repeating: Self.free, count: 2 << Self.recentSetBits)
    spilled.count = 0
    count = 0
  }
}
