/// Whole conversations by their tokens, and the prompts that begin with one of them.
///
/// About 40 bytes a conversation.
struct Continuations {
  /// A number of the caller's for each conversation; of two equal ones the first's.
  private var numbers: [UInt64: UInt32] = [:]
  /// A flag for each key's last digits, at least eight flags a key: most of what is looked up is not there.
  private var filter: [Bool] = [Bool](repeating: false, count: 1 << 12)
  /// Whether there is a conversation of so many tokens.
  private var hasLength: [Bool] = []
  /// The shortest conversation's.
  private(set) var minimum = Int.max

  /// - Parameters:
  ///   - key: the conversation's, of `TokenKeys`.
  ///   - number: what `forEach` gives for it.
  mutating func add(_ key: UInt64, tokenCount: Int, number: UInt32) {
    if numbers[key] == nil {
      numbers[key] = number
      if numbers.count * 8 > filter.count { growFilter() } else { filter[place(of: key)] = true }
    }
    if hasLength.count <= tokenCount {
      hasLength += [Bool](repeating: false, count: tokenCount + 1 - hasLength.count)
    }
    hasLength[tokenCount] = true
    minimum = min(minimum, tokenCount)
  }

  private func place(of key: UInt64) -> Int { Int(truncatingIfNeeded: key) & (filter.count - 1) }

  private mutating func growFilter() {
    filter = [Bool](repeating: false, count: filter.count * 4)
    for key in numbers.keys { filter[place(of: key)] = true }
  }

  /// Calls `body` with the number of each conversation that a prompt begins with.
  /// - Complexity: O(ids).
  func forEach(beginning ids: some Collection<UInt32>, _ body: (UInt32) -> Void) {
    guard ids.count >= minimum else { return }
    var chain = TokenChain()
    var length = 0
    for id in ids {
      chain.add(id)
      length += 1
      guard length < hasLength.count else { return }
      if hasLength[length], filter[place(of: chain.key)], let number = numbers[chain.key] { body(number) }
    }
  }
}
