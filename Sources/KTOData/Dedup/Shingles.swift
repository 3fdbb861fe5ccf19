internal import KTOCore

/// The sets that texts are compared by: the 32-bit hashes of their shingles, each once, in rising order.
///
/// Two different shingles of a pair of texts share a hash with a probability of about 2⁻³² for each pair of shingles, so
/// that one in ten thousand pairs of texts of a thousand words has one common shingle too many.
struct ShingleReader: ~Copyable {
  private let unit: ShingleUnit
  private let size: Int
  private var reader = TextReader(keepsSymbols: true)
  private var hashes: [UInt32] = []
  private var seed: UInt64 = 0

  init(unit: ShingleUnit, size: Int) {
    self.unit = unit
    self.size = size
  }

  /// The shingles of some texts, which follow each other.
  ///
  /// Runs of symbols are words, so that texts that differ in a sign alone have different shingles. Shorter texts have one
  /// shingle, which is all of them.
  /// - Parameter seed: sets with different ones have nothing in common.
  mutating func shingles(of texts: some Sequence<String>, seed: UInt64 = 0) -> [UInt32] {
    self.seed = seed
    reader.clear()
    for text in texts { reader.add(text) }
    hashes.removeAll(keepingCapacity: true)
    switch unit {
    case .word where !reader.wordStarts.isEmpty: hashWords()
    case .character where !reader.text.isEmpty: hashCharacters()
    case .word, .character: hashes.append(hash(reader.text.span))
    }
    hashes.sort()
    var unique: [UInt32] = []
    unique.reserveCapacity(hashes.count)
    for hash in hashes where hash != unique.last { unique.append(hash) }
    return unique
  }

  private mutating func hashWords() {
    let count = reader.wordStarts.count
    for first in 0...max(0, count - size) {
      let bytes = reader.wordBytes(first..<min(count, first + size))
      hashes.append(hash(reader.words.span.extracting(bytes)))
    }
  }

  private mutating func hashCharacters() {
    let bytes = reader.text
    var starts: [Int] = []
    for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { starts.append(index) }
    for first in 0...max(0, starts.count - size) {
      let end = first + size < starts.count ? starts[first + size] : bytes.count
      hashes.append(hash(bytes.span.extracting(starts[first]..<end)))
    }
  }

  private func hash(_ bytes: Span<UInt8>) -> UInt32 {
    let key = contentKey(bytes, after: seed)
    return UInt32(truncatingIfNeeded: key ^ key >> 32)
  }
}

/// The Jaccard index of two sets in rising order; 1 for two empty ones.
/// - Returns: nil where it is below `threshold`, which is known before all is compared.
func jaccard(_ a: Span<UInt32>, _ b: Span<UInt32>, atLeast threshold: Double = 0) -> Double? {
  let total = a.count + b.count
  if total == 0 { return 1 }
  // With c in common the index is c / (total − c), so this many must be.
  let wanted = Int((threshold * Double(total) / (1 + threshold)).rounded(.down)) - 1
  guard min(a.count, b.count) >= wanted else { return nil }
  var (i, j, common) = (0, 0, 0)
  while i < a.count, j < b.count {
    if a[i] == b[j] {
      common += 1
      i += 1
      j += 1
    } else if a[i] < b[j] {
      i += 1
      if common + a.count - i < wanted { return nil }
    } else {
      j += 1
      if common + b.count - j < wanted { return nil }
    }
  }
  let index = Double(common) / Double(total - common)
  return index >= threshold ? index : nil
}
