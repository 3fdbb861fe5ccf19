/// The normalization forms as `tokenizers` computes them: with the data of Unicode 9.0.
///
/// Source: UAX 15. Code points assigned later neither decompose nor reorder, so that ids stay the reference's.
enum NormalizationForm: String, Sendable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  var composes: Bool { self == .nfc || self == .nfkc }
  var isCompatible: Bool { self == .nfkc || self == .nfkd }

  /// Brings a text to this form. O(bytes); what is in the form already is copied as it is, or not at all.
  func apply(to text: inout AlignedText) {
    let data = NormalizationData.shared
    let length = text.bytes.count
    guard var odd = data.nextOdd(in: text.bytes.span, from: 0, for: self) else { return }
    var rewriter = TextRewriter(text)
    var done = 0
    while true {
      // What composes with the odd scalar stands right before it, and is itself whole.
      var start = odd
      if composes, start > done {
        repeat { start -= 1 } while start > done && text.bytes[start] & 0xC0 == 0x80
      }
      rewriter.keep(done..<start)
      done = data.endOfOdd(in: text.bytes.span, from: odd, for: self)
      var segment = NormalizedSegment()
      forEachScalar(in: text.bytes.span, start..<done) { scalar, _ in
        data.decompose(scalar.value, isCompatible: isCompatible, into: &segment)
      }
      segment.sort()
      if composes { segment.compose(data) }
      segment.write(over: start, of: text.bytes.span, into: &rewriter)
      guard let next = data.nextOdd(in: text.bytes.span, from: done, for: self) else { break }
      odd = next
    }
    rewriter.keep(done..<length)
    text = rewriter.text
  }
}

/// Scalars between two places where normalization can be cut, with the changes that lead to them.
struct NormalizedSegment {
  private struct Item {
    var code: UInt32
    var combiningClass: UInt8
    /// As `TextRewriter` takes it.
    var change: Int
  }

  private var items: [Item] = []

  /// - Parameter isFirst: whether this is the first scalar that its source decomposes to.
  mutating func append(_ code: UInt32, combiningClass: UInt8, isFirst: Bool) {
    items.append(Item(code: code, combiningClass: combiningClass, change: isFirst ? 0 : 1))
  }

  /// Sorts each run of marks by combining class, keeping the order of equals.
  mutating func sort() {
    var start = 0
    while start < items.count {
      guard items[start].combiningClass != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < items.count, items[end].combiningClass != 0 { end += 1 }
      if end - start > 1 {
        let order = (start..<end).sorted {
          (items[$0].combiningClass, $0) < (items[$1].combiningClass, $1)
        }
        items.replaceSubrange(start..<end, with: order.map { items[$0] })
      }
      start = end
    }
  }

  mutating func compose(_ data: NormalizationData) {
    var starter: Int?
    var written = 0
    // The class of the scalar written last after the starter; one of the same class or a higher one in between
    // blocks composition.
    var lastClass: UInt8 = 0
    for item in items {
      if let place = starter {
        let isAdjacent = written == place + 1
        if isAdjacent || (lastClass != 0 && lastClass < item.combiningClass),
          let composed = data.compose(items[place].code, item.code)
        {
          items[place].code = composed
          items[place].change += item.change - 1
          continue
        }
      }
      if item.combiningClass == 0 { starter = written }
      lastClass = item.combiningClass
      items[written] = item
      written += 1
    }
    items.removeLast(items.count - written)
  }

  /// Writes the scalars in place of those of the source from `start` on.
  func write(over start: Int, of source: Span<UInt8>, into rewriter: inout TextRewriter) {
    var place = start
    for item in items {
      guard let scalar = Unicode.Scalar(item.code), let encoded = UTF8.encode(scalar) else { continue }
      rewriter.put(encoded, for: item.change > 0 ? place - 1 : place)
      guard item.change <= 0 else { continue }
      for _ in 0..<(1 - item.change) where place < source.count {
        place += utf8Width(source[place])
      }
    }
  }
}
