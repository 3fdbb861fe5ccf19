/// One pre-token on its way from symbols to ids. Keeps its arrays from word to word.
struct BPEWord: Sendable {
  /// The ids of the symbols; after `merge`, of the tokens.
  private(set) var ids: [UInt32] = []
  /// What `MergeTable.find` says of the symbol and the one after it.
  private var merges: [UInt64] = []

  // Only for long words.
  private var previous: [Int32] = []
  private var next: [Int32] = []
  private var heap: [Candidate] = []

  private struct Candidate {
    var merge: UInt64
    var position: Int32

    func precedes(_ other: Candidate) -> Bool {
      (merge, position) < (other.merge, other.position)
    }
  }

  /// Beyond this many symbols a heap is quicker than looking for the best merge again each time.
  private static let longWord = 96

  mutating func removeAll() { ids.removeAll(keepingCapacity: true) }

  @inline(__always)
  mutating func append(_ id: UInt32) { ids.append(id) }

  /// Applies the merge of lowest rank, the leftmost where it occurs more than once, until none is left.
  ///
  /// O(n²) on up to 96 symbols, O(n log n) beyond.
  mutating func merge(_ table: MergeTable) {
    guard ids.count > 1 else { return }
    merges.removeAll(keepingCapacity: true)
    for index in 1..<ids.count { merges.append(table.find(ids[index - 1], ids[index])) }
    if ids.count <= Self.longWord { mergeByScanning(table) } else { mergeByHeap(table) }
  }

  private mutating func mergeByScanning(_ table: MergeTable) {
    var count = ids.count
    while count > 1 {
      var best = MergeTable.none
      var place = 0
      for index in 0..<(count - 1) where merges[index] < best {
        best = merges[index]
        place = index
      }
      if best == MergeTable.none { break }
      let merged = UInt32(truncatingIfNeeded: best)
      ids[place] = merged
      count -= 1
      var index = place + 1
      while index < count {
        ids[index] = ids[index + 1]
        merges[index - 1] = merges[index]
        index += 1
      }
      if place > 0 { merges[place - 1] = table.find(ids[place - 1], merged) }
      if place + 1 < count { merges[place] = table.find(merged, ids[place + 1]) }
    }
    ids.removeLast(ids.count - count)
  }

  private mutating func mergeByHeap(_ table: MergeTable) {
    let count = ids.count
    previous = (0..<Int32(count)).map { $0 - 1 }
    next = (1...Int32(count)).map { $0 }
    next[count - 1] = -1
    merges.append(MergeTable.none)
    heap.removeAll(keepingCapacity: true)
    for index in 0..<count { push(index) }
    while let top = pop() {
      let place = Int(top.position)
      // A candidate is stale when its pair has changed since it was pushed.
      guard merges[place] == top.merge else { continue }
      let right = Int(next[place])
      let merged = UInt32(truncatingIfNeeded: top.merge)
      ids[place] = merged
      merges[right] = MergeTable.none
      next[place] = next[right]
      if next[right] >= 0 {
        previous[Int(next[right])] = Int32(place)
        merges[place] = table.find(merged, ids[Int(next[right])])
        push(place)
      } else {
        merges[place] = MergeTable.none
      }
      let left = Int(previous[place])
      if left >= 0 {
        merges[left] = table.find(ids[left], merged)
        push(left)
      }
    }
    var written = 0
    var index = 0
    while index >= 0 {
      ids[written] = ids[index]
      written += 1
      index = Int(next[index])
    }
    ids.removeLast(count - written)
  }

  private mutating func push(_ position: Int) {
    let candidate = Candidate(merge: merges[position], position: Int32(position))
    guard candidate.merge != MergeTable.none else { return }
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
