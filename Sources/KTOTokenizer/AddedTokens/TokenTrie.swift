/// Finds byte strings in a text: the leftmost, and of those that begin there the longest.
struct TokenTrie: Sendable {
  private struct Node {
    var children: [UInt8: Int32] = [:]
    var value: Int32 = -1
  }

  private var nodes = [Node()]
  private var startsPattern = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { nodes.count == 1 }

  /// Adds a string that is not empty; false where it is there already.
  mutating func insert(_ pattern: [UInt8], _ value: Int32) -> Bool {
    guard let first = pattern.first else { return true }
    startsPattern[Int(first)] = true
    var node = 0
    for byte in pattern {
      if let child = nodes[node].children[byte] {
        node = Int(child)
      } else {
        nodes[node].children[byte] = Int32(nodes.count)
        node = nodes.count
        nodes.append(Node())
      }
    }
    guard nodes[node].value < 0 else { return false }
    nodes[node].value = value
    return true
  }

  /// The next match at or after `start`. O(bytes skipped × longest pattern) at worst.
  func next(in text: Span<UInt8>, from start: Int) -> (range: Range<Int>, value: Int32)? {
    var index = start
    while index < text.count {
      if startsPattern[Int(text[index])], let match = longest(in: text, at: index) { return match }
      index += 1
    }
    return nil
  }

  private func longest(in text: Span<UInt8>, at start: Int) -> (range: Range<Int>, value: Int32)? {
    var node = 0
    var index = start
    var best: (range: Range<Int>, value: Int32)?
    while index < text.count, let child = nodes[node].children[text[index]] {
      node = Int(child)
      index += 1
      if nodes[node].value >= 0 { best = (start..<index, nodes[node].value) }
    }
    return best
  }
}
