/// Long pre-tokens by windows that overlap and are merged together.
extension SymbolMerger {
  /// How far one window begins behind the other. Windows that overlap by less find no token in common too often.
  private static let step = 48
  /// Symbols at the end of the last window of a group whose tokens are not trusted, to save groups that cannot go on.
  private static let margin = 12
  /// How many tokens may be taken back.
  private static let linkLimit = 32
  /// How many groups may fail to lead on.
  private static let failureLimit = 4

  /// A token that has been written.
  private struct Link: BitwiseCopyable {
    var id: UInt32
    var start: Int
    var end: Int
    /// How many tokens there are with it.
    var written: Int
  }

  /// Writes the tokens of more than a window of symbols and answers how many they are; nil where windows do not meet.
  ///
  /// Where a window and the next both have a token at one place, the tokens of the one up to it and those of the other
  /// behind it are neighbours as BPE gives them, so that they are tokens of the whole.
  func chain(
    _ symbols: Symbols, count: Int, _ table: borrowing MergeTable.Lookup,
    into output: UnsafeMutablePointer<UInt32>
  ) -> Int? {
    var written = 0
    // Tokens that a group's first window may have to begin with, the last of them at the end.
    var links = GrowingBuffer<Link>(capacity: 256)
    // How far groups have come, and how many have not led on from there.
    var farthest = 0
    var failureCount = 0
    while true {
      let last = unsafe links.count > 0 ? links.end[-1] : nil
      let first = last?.start ?? 0
      let windowCount = fillGroup(symbols, from: first, count: count, table)
      if let last {
        guard windows.id(0, at: 0) == last.id, windows.end(0, at: 0) == last.end - first else {
          // It is not one of the whole.
          links.count -= 1
          if links.count == 0 { return nil }
          continue
        }
      }
      if links.count > Self.linkLimit {
        unsafe links.start.update(from: links.end - Self.linkLimit, count: Self.linkLimit)
        links.count = Self.linkLimit
      }
      var position = last.map { $0.end - first } ?? 0
      written = last?.written ?? 0
      var window = 0
      while true {
        let start = first + window * Self.step
        let size = min(Self.windowCount, count - start)
        if start + size == count {
          while position < size {
            unsafe output[written] = windows.id(window, at: position)
            written += 1
            position = windows.end(window, at: position)
          }
          return written
        }
        // Where the next window's tokens begin, as far as this window's have been looked at.
        var other = 0
        var isShared = false
        let hasNext = window + 1 < windowCount
        while position < size, !isShared {
          let end = windows.end(window, at: position)
          let id = windows.id(window, at: position)
          unsafe output[written] = id
          written += 1
          if end <= size - Self.margin {
            links.append(Link(id: id, start: start + position, end: start + end, written: written))
          }
          let shared = position - Self.step
          if hasNext, shared >= 0 {
            while other < shared { other = windows.end(window + 1, at: other) }
            isShared = other == shared && windows.end(window + 1, at: other) == end - Self.step
          }
          position = end
        }
        guard isShared else { break }
        position -= Self.step
        window += 1
      }
      let reached = unsafe links.count > 0 ? links.end[-1].start : 0
      guard reached > first else { return nil }
      failureCount = reached > farthest ? 0 : failureCount + 1
      if failureCount > Self.failureLimit { return nil }
      farthest = max(farthest, reached)
    }
  }

  /// Fills and merges as many windows as there are, or as the symbols need.
  private func fillGroup(
    _ symbols: Symbols, from first: Int, count: Int, _ table: borrowing MergeTable.Lookup
  ) -> Int {
    var filled = 0
    while filled < windows.count {
      let start = first + filled * Self.step
      let size = min(Self.windowCount, count - start)
      windows.fill(filled, symbols, start, count: size, table)
      filled += 1
      if start + size == count { break }
    }
    windows.merge(filled, table)
    return filled
  }
}
