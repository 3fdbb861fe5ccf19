/// BPE on any number of symbols at once, with a heap of the pairs: the plain twin of `SymbolMerger`'s windows, and
/// what it falls back to.
struct HeapMerger {
  private struct Candidate {
    var rank: UInt32
    var position: Int32

    func precedes(_ other: Candidate) -> Bool { (rank, position) < (other.rank, other.position) }
  }

  private var ids: [UInt32]
  /// The rank of the pair at each position; `none` where no token begins.
  private var ranks: [UInt32] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []
  private var heap: [Candidate] = []

  /// The tokens, in O(n log n).
  static func tokens(
    _ symbols: some Collection<UInt32>, _ table: borrowing MergeTable.Lookup
  ) -> [SymbolMerger.Token] {
    var merger = HeapMerger(ids: Array(symbols))
    return merger.merge(table)
  }

  private init(ids: [UInt32]) { self.ids = ids }

  private mutating func merge(_ table: borrowing MergeTable.Lookup) -> [SymbolMerger.Token] {
    let count = ids.count
    guard count > 0 else { return [] }
    previous = (0..<Int32(count)).map { $0 - 1 }
    next = (1...Int32(count)).map { $0 }
    next[count - 1] = -1
    for index in 1..<max(count, 1) { ranks.append(table.rank(ids[index - 1], ids[index])) }
    ranks.append(MergeTable.none)
    for index in 0..<count { push(index) }
    while let top = pop() {
      let place = Int(top.position)
      // A candidate is stale when its pair has changed since it was pushed.
      guard ranks[place] == top.rank else { continue }
      let right = Int(next[place])
      let merged = table.id(ofRank: top.rank)
      ids[place] = merged
      ranks[right] = MergeTable.none
      next[place] = next[right]
      if next[right] >= 0 {
        previous[Int(next[right])] = Int32(place)
        ranks[place] = table.rank(merged, ids[Int(next[right])])
        push(place)
      } else {
        ranks[place] = MergeTable.none
      }
      let left = Int(previous[place])
      if left >= 0 {
        ranks[left] = table.rank(ids[left], merged)
        push(left)
      }
    }
    var tokens: [SymbolMerger.Token] = []
    var index = 0
    while index >= 0 {
      tokens.append(SymbolMerger.Token(id: ids[index], start: index))
      index = Int(next[index])
    }
    return tokens
  }

  private mutating func push(_ position: Int) {
    let candidate = Candidate(rank: ranks[position], position: Int32(position))
    guard candidate.rank != MergeTable.none else { return }
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var parent = 0
    while true {
      var child = parent * 2 + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return top
  }
}
