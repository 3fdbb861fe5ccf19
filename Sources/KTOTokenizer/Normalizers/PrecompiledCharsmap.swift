/// sentencepiece's table of replacements: a double-array trie of what to replace, and the replacements.
///
/// Layout: the trie's size in bytes as a little-endian UInt32, the trie as UInt32 units, then the replacements, each
/// ended by a zero byte. Source: normalizer.cc of google/sentencepiece and the unit layout of darts-clone.
struct PrecompiledCharsmap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  /// - Throws: `TokenizerError.malformed` where sizes contradict each other; `offset` is where the table begins.
  init(_ blob: ArraySlice<UInt8>) throws(TokenizerError) {
    func unit(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(blob[index + $1]) << UInt32(8 * $1) }
    }
    let start = blob.startIndex
    guard blob.count > 4 else { throw Self.malformed("a table of replacements", start) }
    let size = Int(unit(start))
    guard size < blob.count - 4, size % 4 == 0, size > 0 else { throw Self.malformed("a trie's size", start) }
    units = stride(from: start + 4, to: start + 4 + size, by: 4).map(unit)
    replacements = Array(blob[(start + 4 + size)...])
    guard replacements.last == 0 else { throw Self.malformed("replacements ended by zero", start + 4 + size) }
  }

  /// What stands for the longest entry that the text has at `start`, and that entry's length; nil without one.
  func replacement(
    at start: Int, in text: Span<UInt8>
  ) -> (bytes: ArraySlice<UInt8>, byteCount: Int)? {
    var node = Self.offset(units[0])
    var best: (value: Int, byteCount: Int)?
    var index = start
    while index < text.count {
      node ^= Int(text[index])
      guard node < units.count else { break }
      let unit = units[node]
      guard unit & 0x8000_00FF == UInt32(text[index]) else { break }
      index += 1
      node ^= Self.offset(unit)
      if unit & 1 << 8 != 0, node < units.count {
        best = (Int(units[node] & 0x7FFF_FFFF), index - start)
      }
    }
    guard let best, best.value < replacements.count else { return nil }
    let end = replacements[best.value...].firstIndex(of: 0) ?? replacements.endIndex
    return (replacements[best.value..<end], best.byteCount)
  }

  private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }

  private static func malformed(_ expected: String, _ offset: Int) -> TokenizerError {
    .malformed(pointer: "precompiled_charsmap", expected: expected, offset: offset)
  }
}
