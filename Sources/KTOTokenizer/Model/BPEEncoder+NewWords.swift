/// Words that are not among those seen last: looked for among all, or merged.
extension BPEEncoder {
  /// Finds the ids of the batch's missing words: in an entry of the word cache or where `MissingWord.loose` says.
  mutating func findMissing(_ count: Int, _ batch: Batch) {
    let text = unsafe batch.text
    for index in 0..<count {
      let word = unsafe Int(words.missing[index])
      let start = unsafe word == 0 ? batch.start : Int(batch.ends[word &- 1])
      var found = unsafe MissingWord(word: word, start: start, length: Int(batch.ends[word]) &- start)
      if found.isLong {
        found.hash = unsafe longWords.hash(found.bytes(in: text))
        longWords.prefetch(found.hash)
      }
      unsafe missing[index] = found
    }
    for index in 0..<count where unsafe missing[index].isLong {
      unsafe longWords.prefetchEntry(missing[index].hash)
    }
    for index in 0..<count where unsafe missing[index].isLong {
      unsafe longWords.prefetchWord(missing[index].hash)
    }
    var newCount = 0
    var pendingCount = 0
    for index in 0..<count {
      switch unsafe findKnown(index, text) {
      case .yes: break
      case .no:
        unsafe new[newCount] = index
        newCount &+= 1
      case .pending:
        // They fill what the new words leave.
        pendingCount &+= 1
        unsafe new[WordCache.batchSize &- pendingCount] = index
      }
    }
    if newCount == 0 { return }
    // What is remembered may move those known before.
    for index in 0..<count where unsafe missing[index].isInCache {
      guard let ids = unsafe missing[index].loose else { continue }
      unsafe missing[index].loose = looseIDs.count..<looseIDs.count + ids.count
      unsafe missing[index].isInCache = false
      unsafe looseIDs.append(longWords.ids(ids))
    }
    unsafe mergeNew(newCount, text)
    for place in 0..<newCount { unsafe remember(new[place], text) }
    for place in 0..<pendingCount { _ = unsafe findKnown(new[WordCache.batchSize &- 1 &- place], text) }
  }

  private enum Finding {
    case yes
    case no
    /// It is no longer new, but has no ids yet.
    case pending
  }

  /// Looks for a missing word in the cache that it would be in.
  @inline(__always)
  private mutating func findKnown(_ index: Int, _ text: UnsafePointer<UInt8>) -> Finding {
    let word = unsafe missing[index]
    if word.isLong {
      guard let ids = unsafe longWords.find(word.bytes(in: text), word.hash) else { return .no }
      unsafe missing[index].loose = ids
      unsafe missing[index].isInCache = true
      return .yes
    }
    switch words.look(for: word.word) {
    case .new(let entry):
      unsafe missing[index].entry = entry
      return .no
    case .pending: return .pending
    case .entry: break
    case .spilled(let ids):
      unsafe missing[index].loose = looseIDs.count..<looseIDs.count + ids.count
      unsafe looseIDs.append(words.spilledIDs(ids))
    }
    return .yes
  }

  /// Puts a new word, whose ids are loose, into the cache it belongs to.
  private mutating func remember(_ index: Int, _ text: UnsafePointer<UInt8>) {
    let word = unsafe missing[index]
    guard let loose = word.loose else { return }
    let ids = unsafe looseIDs.part(loose)
    if !word.isLong {
      if unsafe words.set(ids, of: word.word, entry: word.entry) { unsafe missing[index].loose = nil }
    } else if word.length <= LongWordCache.longestKey {
      unsafe longWords.insert(word.bytes(in: text), word.hash, ids)
    }
  }

  /// Merges the symbols of new words, several at a time, into `looseIDs`.
  private mutating func mergeNew(_ newCount: Int, _ text: UnsafePointer<UInt8>) {
    if model.options.ignoresMerges { unsafe findWholeWords(newCount, text) }
    let table = model.symbols
    model.merges.withLookup { lookup in
      unsafe table.bytes.withUnsafeBufferPointer { ids in
        unsafe table.bytePairRanks.withUnsafeBufferPointer { pairRanks in
          for place in 0..<newCount {
            let index = unsafe new[place]
            if unsafe missing[index].loose != nil { continue }
            let word = unsafe missing[index].bytes(in: text)
            if model.mergesBytes, unsafe table.hasBytes(of: word), let base = word.baseAddress,
              let ids = ids.baseAddress,
              let pairRanks = pairRanks.baseAddress
            {
              unsafe merge(index, .bytes(base, ids: ids, pairRanks: pairRanks), count: word.count, lookup)
            } else {
              unsafe model.symbols(of: word, into: &symbols)
              // Without symbols the address is not read.
              let base = unsafe UnsafePointer(symbols.ids.start)
              merge(index, unsafe .ids(base), count: symbols.ids.count, lookup)
            }
          }
          mergeWindows(lookup)
        }
      }
    }
  }

  /// Merges a word's symbols, now or with those of others.
  @inline(__always)
  private mutating func merge(
    _ index: Int, _ symbols: SymbolMerger.Symbols, count: Int, _ lookup: borrowing MergeTable.Lookup
  ) {
    if count > 0, count <= merger.windows.capacity {
      merger.windows.fill(filledCount, symbols, 0, count: count, lookup)
      unsafe filled[filledCount] = index
      filledCount &+= 1
      if filledCount == merger.windows.count { mergeWindows(lookup) }
    } else {
      // A long word takes the windows for itself.
      mergeWindows(lookup)
      looseIDs.reserve(count)
      let merged = unsafe merger.merge(symbols, count: count, lookup, into: looseIDs.end)
      unsafe missing[index].loose = looseIDs.count..<looseIDs.count + merged
      looseIDs.count += merged
    }
  }

  /// Merges the windows that are filled.
  private mutating func mergeWindows(_ lookup: borrowing MergeTable.Lookup) {
    merger.windows.merge(filledCount, lookup)
    looseIDs.reserve(filledCount * merger.windows.capacity)
    for window in 0..<filledCount {
      let written = unsafe merger.windows.write(window, to: looseIDs.end)
      unsafe missing[filled[window]].loose = looseIDs.count..<looseIDs.count &+ written
      looseIDs.count &+= written
    }
    filledCount = 0
  }

  /// Finds the new words that are tokens as a whole.
  private mutating func findWholeWords(_ newCount: Int, _ text: UnsafePointer<UInt8>) {
    let vocabulary = model.vocabulary
    written.count = 0
    for place in 0..<newCount {
      let index = unsafe new[place]
      let start = written.count
      unsafe model.write(missing[index].bytes(in: text), to: &written)
      let token = start..<written.count
      unsafe missing[index].written = token
      unsafe missing[index].writtenHash = vocabulary.hash(written.part(token))
      unsafe vocabulary.prefetch(missing[index].writtenHash)
    }
    for place in 0..<newCount { unsafe vocabulary.prefetchBytes(missing[new[place]].writtenHash) }
    for place in 0..<newCount {
      let index = unsafe new[place]
      let word = unsafe missing[index]
      guard let id = unsafe vocabulary.find(written.part(word.written), hash: word.writtenHash) else {
        continue
      }
      unsafe missing[index].loose = looseIDs.count..<looseIDs.count + 1
      looseIDs.append(id)
    }
  }
}
