import CTextKernels
import KTOCore
import Testing

@testable import KTOTokenizer

struct SymbolMergerTests {
  /// Symbols 0 to 3; each merge makes a new one of two known ones.
  private func randomTable(_ random: inout SeededGenerator) -> MergeTable {
    var table = MergeTable(capacity: 40)
    for rank in 0..<UInt32(40) {
      let left = UInt32.random(in: 0..<(4 + rank), using: &random)
      let right = UInt32.random(in: 0..<(4 + rank), using: &random)
      table.insert(left, right, rank: rank, merged: 4 + rank)
    }
    return table
  }

  @Test(arguments: [KTO_VECTORS_BASELINE, KTO_VECTORS_AVX2, KTO_VECTORS_AVX512])
  func `windows of any size merge together as each alone and all at once`(_ vectors: kto_vectors) {
    guard vectors.rawValue <= kto_best_vectors().rawValue else { return }
    var random = SeededGenerator(seed: 7)
    let table = randomTable(&random)
    let sizes = [1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 80, 200, 512]
    let windows = MergeWindows(count: sizes.count, capacity: 512, vectors: vectors)
    for _ in 0..<20 {
      let words = sizes.shuffled(using: &random).map { count in
        (0..<count).map { _ in UInt32.random(in: 0..<4, using: &random) }
      }
      var ids = [UInt32](repeating: 0, count: 512)
      table.withLookup { lookup in
        for (index, word) in words.enumerated() {
          unsafe word.withUnsafeBufferPointer { symbols in
            windows.fill(
              index, unsafe .ids(symbols.baseAddress.unsafelyUnwrapped), 0, count: word.count, lookup)
          }
        }
        windows.merge(words.count, lookup)
        for (index, word) in words.enumerated() {
          let written = unsafe ids.withUnsafeMutableBufferPointer {
            unsafe windows.write(index, to: $0.baseAddress.unsafelyUnwrapped)
          }
          #expect(Array(ids[..<written]) == HeapMerger.tokens(word, lookup).map(\.id))
        }
      }
    }
  }

  @Test func `windows that overlap give the tokens of the whole, or none`() {
    var random = SeededGenerator(seed: 8)
    var givenCount = 0
    for round in 0..<200 {
      let table = randomTable(&random)
      let symbols = (0..<(65 + round * 17)).map { _ in UInt32.random(in: 0..<4, using: &random) }
      let merger = SymbolMerger()
      var ids = [UInt32](repeating: 0, count: symbols.count)
      let (written, whole) = table.withLookup { lookup in
        let written = unsafe symbols.withUnsafeBufferPointer { buffer in
          unsafe ids.withUnsafeMutableBufferPointer { ids in
            unsafe merger.chain(
              .ids(buffer.baseAddress.unsafelyUnwrapped), count: buffer.count, lookup,
              into: ids.baseAddress.unsafelyUnwrapped)
          }
        }
        return (written, HeapMerger.tokens(symbols, lookup))
      }
      guard let written else { continue }
      givenCount += 1
      #expect(Array(ids[..<written]) == whole.map(\.id))
    }
    #expect(givenCount > 150)
  }

  @Test func `long runs of symbols merge in windows as they do at once`() {
    var random = SeededGenerator(seed: 5)
    for round in 0..<60 {
      let table = randomTable(&random)
      let symbols = (0..<(200 + round * 37)).map { _ in UInt32.random(in: 0..<4, using: &random) }
      let merger = SymbolMerger()
      let (windows, whole) = table.withLookup { lookup in
        let windows = unsafe symbols.withUnsafeBufferPointer { buffer in
          merger.tokens(unsafe .ids(buffer.baseAddress.unsafelyUnwrapped), count: buffer.count, lookup)
        }
        return (windows, HeapMerger.tokens(symbols, lookup))
      }
      #expect(windows == whole)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `runs whose tokens fill windows merge as they do at once`() {
    var random = SeededGenerator(seed: 6)
    // Symbols 0 and 1; merges double a run of 0 up to 128 or 512, and join some with a 1 on either side.
    for doublings in [7, 9] {
      var table = MergeTable(capacity: 64)
      var rank: UInt32 = 0
      var runs: [UInt32] = [0]
      func add(_ left: UInt32, _ right: UInt32) -> UInt32 {
        defer { rank += 1 }
        table.insert(left, right, rank: rank, merged: 2 + rank)
        return 2 + rank
      }
      for _ in 0..<doublings { runs.append(add(runs[runs.count - 1], runs[runs.count - 1])) }
      for place in [1, 4, 5, 6] {
        let longer = add(runs[place], runs[place - 1])
        _ = add(longer, 1)
        _ = add(1, runs[place])
      }
      let merger = SymbolMerger()
      for _ in 0..<30 {
        var symbols: [UInt32] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
          symbols += [UInt32](repeating: 0, count: Int.random(in: 1...400, using: &random))
          symbols += [UInt32](repeating: 1, count: Int.random(in: 0...3, using: &random))
        }
        var ids = [UInt32](repeating: 0, count: symbols.count)
        let (windows, written, whole) = table.withLookup { lookup in
          let (windows, written) = unsafe symbols.withUnsafeBufferPointer { buffer in
            let all = unsafe SymbolMerger.Symbols.ids(buffer.baseAddress.unsafelyUnwrapped)
            let windows = merger.tokens(all, count: buffer.count, lookup)
            let written = unsafe ids.withUnsafeMutableBufferPointer {
              unsafe merger.merge(all, count: buffer.count, lookup, into: $0.baseAddress.unsafelyUnwrapped)
            }
            return (windows, written)
          }
          return (windows, written, HeapMerger.tokens(symbols, lookup))
        }
        #expect(windows == whole)
        #expect(Array(ids[..<written]) == whole.map(\.id))
      }
    }
  }
}
