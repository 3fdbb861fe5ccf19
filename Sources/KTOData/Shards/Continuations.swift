/// Whole conversations by their tokens, and the prompts that begin with one of them.
///
/// About 25 bytes a conversation.
struct Continuations {
  /// A number of the caller's for each conversation; of two equal ones the first's.
  private var numbers: [UInt64: UInt32] = [:]
  /// Whether there is a conversation of so many tokens.
  private var hasLength: [Bool] = []
  /// The shortest conversation's.
  private(set) var minimum = Int.max

  /// - Parameters:
  ///   - key: the conversation's, of `TokenKeys`.
  ///   - number: what `forEach` gives for it.
  mutating func add(_ key: UInt64, tokenCount: Int, number: UInt32) {
    if numbers[key] == nil { numbers[key] = number }
    if hasLength.count <= tokenCount {
      hasLength += [Bool](repeating: false, count: tokenCount + 1 - hasLength.count)
    }
    hasLength[tokenCount] = true
    minimum = min(minimum, tokenCount)
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
      if hasLength[length], let number = numbers[chain.key] { body(number) }
    }
  }
}
