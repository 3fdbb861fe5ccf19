/// Which tokens of a rendered conversation are the assistant's, as transformers' `return_assistant_tokens_mask` says:
/// for each range, from the first token that holds its first character to the first that holds its last one.
///
/// So of a last character that takes several tokens only the first is marked. In two cases transformers marks
/// everything up to the end of the text, and this does not: where the last character stands in the very first token,
/// and where it stands in none.
/// - Parameters:
///   - ranges: bytes of `text`, as `RenderedChat.generated` gives them.
///   - offsets: the bytes of `text` that each token stands for, in the order of the text.
/// - Complexity: O(r log t) for r ranges and t tokens, beside the tokens that are marked.
package func assistantMask(ranges: [Range<Int>], offsets: [Range<Int>], text: [UInt8]) -> [Bool] {
  var mask = [Bool](repeating: false, count: offsets.count)
  /// The first token that ends behind a byte.
  func firstToken(endingAfter byte: Int) -> Int {
    var (low, high) = (0, offsets.count)
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle].upperBound > byte { high = middle } else { low = middle + 1 }
    }
    return low
  }
  for range in ranges where range.upperBound > 0 && range.upperBound <= text.count {
    let first = firstToken(endingAfter: range.lowerBound)
    // What follows the text that was tokenized is not there.
    guard first < offsets.count, offsets[first].contains(range.lowerBound) else { break }
    var lastByte = range.upperBound - 1
    while lastByte > 0, text[lastByte] & 0xC0 == 0x80 { lastByte -= 1 }
    var last = firstToken(endingAfter: lastByte)
    if last == offsets.count || offsets[last].lowerBound > lastByte { last -= 1 }
    if last >= first { for token in first...last { mask[token] = true } }
  }
  return mask
}
