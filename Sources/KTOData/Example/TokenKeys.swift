package import KTOCore

/// What a tokenized row is known by: equal tokens train alike, whatever texts they come from.
package struct TokenKeys: Sendable, Hashable {
  /// The prompt's ids and those of the completion that fit behind them.
  package var row: WideKey
  /// The prompt's ids.
  package var prompt: UInt64
  /// The ids of prompt and whole completion, with which the prompt of a longer conversation may begin.
  package var conversation: UInt64

  /// - Parameter maxLength: where training cuts prompt and completion together.
  package init(prompt: [UInt32], completion: [UInt32], maxLength: Int) {
    let fitting = max(0, min(completion.count, maxLength - prompt.count))
    var ids: [UInt32] = []
    ids.reserveCapacity(prompt.count + fitting + 1)
    ids.append(UInt32(truncatingIfNeeded: prompt.count))
    ids += prompt
    ids += completion[..<fitting]
    row = unsafe WideKey(ids.span.bytes)
    var chain = TokenChain()
    for id in prompt { chain.add(id) }
    self.prompt = chain.key
    for id in completion { chain.add(id) }
    conversation = chain.key
  }
}

/// A 64-bit key of token ids that grows by one id at a time, so that all beginnings of a sequence have theirs.
///
/// Two different sequences share a key with a probability of about 2⁻⁶⁴.
struct TokenChain {
  private(set) var key: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Folds the product of key and id, as wyhash does.
  @inline(__always)
  mutating func add(_ id: UInt32) {
    let product = (key ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: UInt64(id) ^ 0xE703_7ED1_A0B4_28DB)
    key = product.high ^ product.low
  }
}
