internal import CTextKernels

/// Remembers the ids of pre-tokens, so that one seen before costs a look-up.
///
/// An entry is half a cache line: up to 15 bytes of the pre-token with their count, and up to four ids; more ids lie in
/// an array beside it. Three tables, since what a look-up costs is the memory it reaches: the words seen last, one a
/// place, which is looked at first; all entries in the order they came, so that words that come early and often lie
/// together; and a small hash table of their numbers, by open addressing at no more than half load. When it is full it
/// forgets everything. One belongs to one encoder. The hash is seeded.
///
/// Words are looked up in batches: first all among those seen last, without a branch on what is found, then the
/// others, whose memory is asked for before it is needed; ids are copied at the end, in order. What was not among the
/// words seen last becomes so when the batch is done, for until then entries are pointed at.
@safe struct WordCache: ~Copyable {
  /// `high`'s topmost four bits hold how many ids there are, 15 where they lie in `spilled`.
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var ids: SIMD4<UInt32>

    /// Zero where it is the key's: all bits equal but the count of ids.
    @inline(__always)
    func difference(from key: WordKey) -> UInt64 { (low ^ key.low) | ((high ^ key.high) &<< 4) }

    var key: WordKey { WordKey(low: low, high: high & ~(15 &<< WordCache.countShift)) }

    static var free: Entry { Entry(low: 0, high: 0, ids: SIMD4()) }
  }

  /// How many words are looked up at once.
  static let batchSize = 256
  /// How many bytes are read of each word, whatever its length.
  static let readCount = 16
  private static let isSpilled: UInt64 = 15
  private static let countShift: UInt64 = 60
  private static let recentBits = 16
  private static let entryLimit = NumberTable.limit

  private let recent: UnsafeMutablePointer<Entry>
  /// In the order they came; memory for all there may be, which takes none before it is written to.
  private let entries: UnsafeMutablePointer<Entry>
  private var count = 0
  private var numbers = NumberTable()
  private var spilled = GrowingBuffer<UInt32>()
  private let seed: UInt64

  /// Of the batch: where each word would be among those seen last, and its hash.
  private let found: UnsafeMutablePointer<UnsafeMutablePointer<Entry>>
  private let hashes: UnsafeMutablePointer<UInt64>
  private let keys: UnsafeMutablePointer<WordKey>
  /// Which words of the batch were not found.
  let missing: UnsafeMutablePointer<UInt32>
  /// Numbers of the entries that were found in this batch, and not among those seen last.
  private let seen: UnsafeMutablePointer<UInt32>
  private var seenCount = 0
  /// 16 bytes of ones, 16 of zeros.
  private let keyMasks: UnsafeMutableRawPointer

  init() {
    unsafe found = .allocate(capacity: Self.batchSize)
    unsafe hashes = .allocate(capacity: Self.batchSize)
    unsafe keys = .allocate(capacity: Self.batchSize)
    unsafe missing = .allocate(capacity: Self.batchSize)
    unsafe seen = .allocate(capacity: Self.batchSize)
    unsafe keyMasks = .allocate(byteCount: 32, alignment: 16)
    unsafe keyMasks.initializeMemory(as: UInt8.self, repeating: 0xFF, count: 16)
    unsafe (keyMasks + 16).initializeMemory(as: UInt8.self, repeating: 0, count: 16)
    unsafe recent = Self.allocate(1 << Self.recentBits)
    unsafe recent.initialize(repeating: Entry.free, count: 1 << Self.recentBits)
    unsafe entries = Self.allocate(Self.entryLimit)
    seed = UInt64.random(in: 0...UInt64.max)
  }

  deinit {
    unsafe found.deallocate()
    unsafe hashes.deallocate()
    unsafe keys.deallocate()
    unsafe missing.deallocate()
    unsafe seen.deallocate()
    unsafe keyMasks.deallocate()
    unsafe recent.deallocate()
    unsafe entries.deallocate()
  }

  /// Memory for entries, none of which goes over from one cache line to another.
  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Entry>.stride, alignment: 64)
    return unsafe memory.bindMemory(to: Entry.self, capacity: count)
  }

  /// Folds the 128 bits of a product of the key's halves.
  @inline(__always)
  private func hash(_ key: WordKey) -> UInt64 {
    let product = (key.low ^ seed).multipliedFullWidth(by: key.high ^ 0x9E37_79B9_7F4A_7C15)
    return (product.high ^ product.low) &* 0xD6E8_FEB8_6659_FD93
  }

  /// Makes room for what a batch may insert.
  @inline(__always)
  mutating func beginBatch() {
    if count &+ Self.batchSize > Self.entryLimit { forget() }
    if numbers.isTooSmall(for: count &+ Self.batchSize) { enlarge() }
  }

  /// The key of a pre-token from which 16 bytes may be read.
  @inline(__always)
  func key(_ word: UnsafePointer<UInt8>, _ length: Int) -> WordKey { unsafe WordKey(word, length, keyMasks) }

  /// Looks for up to `batchSize` words, side by side, among those seen last; `copy` gives the ids of those found.
  ///
  /// - Parameters:
  ///   - text: what `start` and `ends` count from; 16 bytes may be read from the start of each word on.
  /// - Returns: how many of `missing` hold a word that was not found.
  @inline(__always)
  func find(_ text: UnsafePointer<UInt8>, start: Int, ends: UnsafePointer<UInt32>, count: Int) -> Int {
    var start = start
    for index in 0..<count {
      let end = unsafe Int(ends[index])
      let key = unsafe key(text + start, end &- start)
      let hash = hash(key)
      let entry = unsafe recent + Int(truncatingIfNeeded: hash &>> UInt64(64 &- Self.recentBits))
      unsafe kto_prefetch(entry)
      unsafe keys[index] = key
      unsafe found[index] = entry
      unsafe hashes[index] = hash
      start = end
    }
    var missingCount = 0
    for index in 0..<count {
      let key = unsafe keys[index]
      let difference = unsafe found[index].pointee.difference(from: key)
      unsafe missing[missingCount] = UInt32(truncatingIfNeeded: index)
      missingCount &+= difference == 0 && !key.isTooLong ? 0 : 1
    }
    prefetch(missingCount)
    return missingCount
  }

  /// Asks for the memory that the look-ups of missing words will read.
  @inline(__always)
  private func prefetch(_ missingCount: Int) {
    for index in 0..<missingCount { unsafe numbers.prefetch(hashes[Int(missing[index])]) }
    for index in 0..<missingCount {
      unsafe kto_prefetch(entries + numbers.firstNumber(hashes[Int(missing[index])]))
    }
  }

  /// Writes the ids of words of the batch that were found, and answers where they end.
  ///
  /// - Parameter output: room for the words' ids and four more.
  @inline(__always)
  func copy(_ words: Range<Int>, to output: UnsafeMutablePointer<UInt32>) -> UnsafeMutablePointer<UInt32> {
    var output = unsafe output
    for index in words {
      let entry = unsafe found[index]
      unsafe UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.ids, as: SIMD4<UInt32>.self)
      unsafe output += Int(truncatingIfNeeded: entry.pointee.high &>> Self.countShift)
    }
    return unsafe output
  }

  /// What is known of a word that is not among those seen last.
  enum Known {
    case new
    /// The batch has its entry now.
    case entry
    /// More ids than an entry holds.
    case spilled(Range<Int>)
  }

  /// Looks for a missing word of the batch, which is not too long, among all.
  @inline(__always)
  mutating func look(for word: Int) -> Known {
    guard let number = number(of: word) else { return .new }
    let entry = unsafe entries + number
    if unsafe entry.pointee.high &>> Self.countShift == Self.isSpilled {
      let start = unsafe Int(entry.pointee.ids[0])
      return unsafe .spilled(start..<start + Int(entry.pointee.ids[1]))
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
    return unsafe numbers.find(hashes[word]) { unsafe entries[$0].difference(from: key) == 0 }
  }

  /// Ends a batch: words that were found among all are now those seen last.
  @inline(__always)
  mutating func endBatch() {
    for index in 0..<seenCount {
      let entry = unsafe entries[Int(seen[index])]
      unsafe recent[Int(truncatingIfNeeded: hash(entry.key) &>> UInt64(64 &- Self.recentBits))] = entry
    }
    seenCount = 0
  }

  /// Remembers the ids of a new word of the batch; answers whether the batch has its entry now.
  mutating func insert(_ word: Int, _ ids: UnsafeBufferPointer<UInt32>) -> Bool {
    // The batch may have the word twice.
    let known = number(of: word)
    if known == nil {
      let key = unsafe keys[word]
      var entry = Entry(low: key.low, high: key.high, ids: SIMD4())
      if ids.count <= 4 {
        entry.high |= UInt64(ids.count) << Self.countShift
        for index in 0..<ids.count { unsafe entry.ids[index] = ids[index] }
      } else {
        entry.high |= Self.isSpilled << Self.countShift
        entry.ids[0] = UInt32(spilled.count)
        entry.ids[1] = UInt32(ids.count)
        unsafe spilled.append(ids)
      }
      unsafe (entries + count).initialize(to: entry)
      unsafe numbers.insert(count, hashes[word])
      count += 1
    }
    unsafe found[word] = entries + (known ?? count - 1)
    return ids.count <= 4
  }

  private mutating func enlarge() {
    numbers.clear(for: count + Self.batchSize)
    for number in 0..<count { numbers.insert(number, unsafe hash(entries[number].key)) }
  }

  private mutating func forget() {
    numbers.removeAll()
    unsafe recent.initialize(repeating: Entry.free, count: 1 << Self.recentBits)
    spilled.count = 0
    count = 0
  }
}
