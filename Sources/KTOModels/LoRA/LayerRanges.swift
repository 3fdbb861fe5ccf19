/// Layers as people write them: `0-9`, `0-3, 20-29`, `5`.
package enum LayerRanges {
  /// The layers, ascending; nil for a text that is not of this form.
  package static func layers(_ text: String) -> [Int]? {
    var layers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
        let digits = end.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return digits.allSatisfy(\.isNumber) ? Int(String(digits)) : nil
      }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
        last < 100_000
      else { return nil }
      layers.formUnion(first...last)
    }
    return layers.sorted()
  }

  /// The shortest text of such layers.
  package static func text(_ layers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for layer in layers.sorted() {
      if let last = ranges.last, last.upperBound + 1 >= layer {
        ranges[ranges.count - 1] = last.lowerBound...layer
      } else {
        ranges.append(layer...layer)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
