/// Normalization form C as `tokenizers` computes it: with the data of Unicode 9.0.
///
/// Source: UAX 15. Code points assigned later neither decompose nor reorder, so that ids stay the reference's.
enum CanonicalComposition {
  private struct Data: Sendable {
    var decompositions: [UInt32: [UInt32]] = [:]
    var compositions: [UInt64: UInt32] = [:]
  }

  private static let data: Data = {
    var data = Data()
    for item in canonicalDecompositions.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let composes = item.contains("=")
      let fields = item.split { $0 == "=" || $0 == ":" }
      guard fields.count == 2, let code = UInt32(fields[0], radix: 16) else { continue }
      let parts = fields[1].split(separator: "+").compactMap { UInt32($0, radix: 16) }
      data.decompositions[code] = parts
      if composes, parts.count == 2 { data.compositions[pair(parts[0], parts[1])] = code }
    }
    return data
  }()

  /// The normalized form of valid UTF-8. O(bytes).
  static func normalize(_ text: [UInt8]) -> [UInt8] {
    // Everything below U+0300 is in form C already.
    if text.allSatisfy({ $0 < 0xCC }) { return text }
    var scalars: [UInt32] = []
    var classes: [UInt8] = []
    scalars.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      decompose(scalar.value, data, &scalars, &classes)
    }
    reorder(&scalars, &classes)
    compose(&scalars, classes, data)
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    for value in scalars {
      if let scalar = Unicode.Scalar(value) { output.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
    }
    return output
  }

  private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  private static func decompose(
    _ code: UInt32, _ data: Data, _ scalars: inout [UInt32], _ classes: inout [UInt8]
  ) {
    if code < 0xC0 {
      scalars.append(code)
      classes.append(0)
    } else if let syllable = Hangul.decompose(code) {
      scalars += syllable
      classes += syllable.map { _ in 0 }
    } else if let parts = data.decompositions[code] {
      // Parts of parts have fewer parts: the recursion ends after at most four steps.
      for part in parts { decompose(part, data, &scalars, &classes) }
    } else {
      scalars.append(code)
      classes.append(combiningClass(code))
    }
  }

  private static func combiningClass(_ code: UInt32) -> UInt8 {
    guard code >= 0x300, let scalar = Unicode.Scalar(code) else { return 0 }
    let properties = scalar.properties
    guard let age = properties.age, age.major <= 9 else { return 0 }
    return properties.canonicalCombiningClass.rawValue
  }

  /// Sorts each run of marks by combining class, keeping the order of equals.
  private static func reorder(_ scalars: inout [UInt32], _ classes: inout [UInt8]) {
    var start = 0
    while start < scalars.count {
      guard classes[start] != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < scalars.count, classes[end] != 0 { end += 1 }
      let order = (start..<end).sorted { (classes[$0], $0) < (classes[$1], $1) }
      let sorted = order.map { (scalars[$0], classes[$0]) }
      for (offset, item) in sorted.enumerated() { (scalars[start + offset], classes[start + offset]) = item }
      start = end
    }
  }

  private static func compose(_ scalars: inout [UInt32], _ classes: [UInt8], _ data: Data) {
    var starter: Int?
    var written = 0
    // The class of the character written last after the starter; a mark of the same class or a higher one
    // in between blocks composition.
    var lastClass: UInt8 = 0
    for index in scalars.indices {
      let code = scalars[index]
      let combining = classes[index]
      if let place = starter {
        let isAdjacent = written == place + 1
        if isAdjacent || (lastClass != 0 && lastClass < combining),
          let composed = Hangul.compose(scalars[place], code) ?? data.compositions[pair(scalars[place], code)]
        {
          scalars[place] = composed
          continue
        }
      }
      if combining == 0 { starter = written }
      lastClass = combining
      scalars[written] = code
      written += 1
    }
    scalars.removeLast(scalars.count - written)
  }
}

/// Hangul syllables, which compose by arithmetic. Source: The Unicode Standard, 3.12.
private enum Hangul {
  static func decompose(_ code: UInt32) -> [UInt32]? {
    guard code >= 0xAC00, code < 0xD7A4 else { return nil }
    let index = code - 0xAC00
    let pair = [0x1100 + index / 588, 0x1161 + index % 588 / 28]
    return index % 28 == 0 ? pair : pair + [0x11A7 + index % 28]
  }

  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if (0xAC00..<0xD7A4).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8..<0x11C3).contains(second) {
      return first + second - 0x11A7
    }
    return nil
  }
}
