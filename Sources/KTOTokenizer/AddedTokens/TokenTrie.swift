internal import CTextKernels

/// Finds byte strings in a text: the leftmost, and of those that begin there the longest.
///
/// The nodes lie in one array, each with its edges side by side; bytes that begin no string are passed over many at
/// a time.
struct TokenTrie: Sendable {
  private struct Node {
    var firstEdge: Int32 = 0
    var edgeCount: Int32 = 0
    var value: Int32 = -1
  }

  private struct Edge {
    var byte: UInt8
    var target: Int32
  }

  private var nodes = [Node()]
  private var edges: [Edge] = []
  private var startsPattern = [Bool](repeating: false, count: 256)
  /// The bytes that begin a string.
  private(set) var starts: [UInt8] = []
  /// The same side by side, where they are few enough to look for all at once.
  private var firstBytes: UInt32?

  /// - Parameter patterns: strings with their values; of the same string the last counts, and the empty one is never
  ///   found.
  init(_ patterns: [(bytes: [UInt8], value: Int32)]) {
    let sorted = patterns.filter { !$0.bytes.isEmpty }.enumerated().sorted { left, right in
      if left.element.bytes == right.element.bytes { return left.offset < right.offset }
      return left.element.bytes.lexicographicallyPrecedes(right.element.bytes)
    }.map(\.element)
    // Breadth first, so that the edges of a node come one after another.
    var open: [(node: Int, depth: Int, range: Range<Int>)] = [(0, 0, sorted.indices)]
    var done = 0
    while done < open.count {
      var (node, depth, range) = open[done]
      done += 1
      while let first = range.first, sorted[first].bytes.count == depth {
        nodes[node].value = sorted[first].value
        range = range.dropFirst()
      }
      nodes[node].firstEdge = Int32(edges.count)
      while let first = range.first {
        let byte = sorted[first].bytes[depth]
        let end = range.first { sorted[$0].bytes[depth] != byte } ?? range.upperBound
        edges.append(Edge(byte: byte, target: Int32(nodes.count)))
        open.append((nodes.count, depth + 1, first..<end))
        nodes.append(Node())
        nodes[node].edgeCount += 1
        range = end..<range.upperBound
      }
      // What is done need not be kept: a long string has as many nodes as bytes.
      if done > 4096 {
        open.removeFirst(done)
        done = 0
      }
    }
    starts = edges.prefix(Int(nodes[0].edgeCount)).map(\.byte)
    for byte in starts { startsPattern[Int(byte)] = true }
    firstBytes = Self.packed(starts)
  }

  /// Up to four bytes side by side; nil for none and for more.
  static func packed(_ bytes: [UInt8]) -> UInt32? {
    guard let last = bytes.last, bytes.count <= 4 else { return nil }
    return (bytes + [last, last, last]).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  var isEmpty: Bool { nodes.count == 1 }

  /// The next match at or after `start`. O(bytes skipped × longest pattern) at worst.
  func next(in text: Span<UInt8>, from start: Int) -> (range: Range<Int>, value: Int32)? {
    var index = start
    while let place = nextStart(in: text, from: index) {
      if let match = longest(in: text, at: place) { return match }
      index = place + 1
    }
    return nil
  }

  /// Where one of the strings may begin, at or after `start`: at the first byte of one.
  func nextStart(in text: Span<UInt8>, from start: Int) -> Int? {
    if let firstBytes {
      let place = unsafe text.withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return text.count }
        return unsafe Int(kto_find_any(kto_best_vectors(), base, Int64(start), Int64(text.count), firstBytes))
      }
      return place < text.count ? place : nil
    }
    var index = start
    while index < text.count {
      if startsPattern[Int(text[index])] { return index }
      index += 1
    }
    return nil
  }

  /// The longest string that the text has at `start`.
  func longest(in text: Span<UInt8>, at start: Int) -> (range: Range<Int>, value: Int32)? {
    var node = 0
    var index = start
    var best: (range: Range<Int>, value: Int32)?
    while index < text.count, let child = child(of: node, text[index]) {
      node = child
      index += 1
      if nodes[node].value >= 0 { best = (start..<index, nodes[node].value) }
    }
    return best
  }

  /// Edges are sorted by byte, and mostly there is one.
  private func child(of node: Int, _ byte: UInt8) -> Int? {
    var low = Int(nodes[node].firstEdge)
    var high = low + Int(nodes[node].edgeCount)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle].byte == byte { return Int(edges[middle].target) }
      if edges[middle].byte < byte { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
