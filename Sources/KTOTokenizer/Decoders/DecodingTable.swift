/// What each id decodes to, the bytes of all of them side by side.
struct DecodingTable: Sendable {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int32>?] = []

  /// Sets the bytes of an id, replacing earlier ones.
  mutating func set(_ id: UInt32, _ decoded: [UInt8]) {
    let index = Int(id)
    if index >= ranges.count {
      ranges.append(contentsOf: repeatElement(nil, count: index + 1 - ranges.count))
    }
    let start = Int32(clamping: bytes.count)
    bytes += decoded
    ranges[index] = start..<Int32(clamping: bytes.count)
  }

  mutating func reserve(_ count: Int) {
    ranges.reserveCapacity(count)
    bytes.reserveCapacity(count * 8)
  }

  /// The bytes of an id; nil where it has no token.
  subscript(id: UInt32) -> ArraySlice<UInt8>? {
    guard Int(id) < ranges.count, let range = ranges[Int(id)] else { return nil }
    return bytes[Int(range.lowerBound)..<Int(range.upperBound)]
  }
}
