/// What normalization has to know of each code point, from the tables of Unicode 9.0.
struct NormalizationData: Sendable {
  /// The data of this process, built at first use.
  static let shared = NormalizationData()

  private var canonical: [UInt32: [UInt32]] = [:]
  private var compatible: [UInt32: [UInt32]] = [:]
  private var compositions: [UInt64: UInt32] = [:]
  /// For each code point below `limit` the forms in which it is odd: it decomposes, is a mark that may have to move, or
  /// may compose with what stands before it.
  private var oddIn: [UInt8]
  /// No code point from here on is odd in any form.
  private static let limit = 0x30000

  private init() {
    oddIn = [UInt8](repeating: 0, count: Self.limit)
    for (code, parts, composes) in Self.items(canonicalDecompositions) {
      canonical[code] = parts
      mark(code, composes ? Self.decomposed : Self.decomposed | Self.composed)
      guard composes, parts.count == 2 else { continue }
      compositions[UInt64(parts[0]) << 32 | UInt64(parts[1])] = code
      mark(parts[1], Self.composed)
    }
    for (code, parts, _) in Self.items(compatibilityDecompositions) {
      compatible[code] = parts
      mark(code, Self.compatibleForms)
    }
    for code in UInt32(0x300)..<UInt32(Self.limit) where Self.combiningClass(code) != 0 {
      mark(code, Self.decomposed | Self.composed)
    }
    for code in Hangul.syllables { mark(code, Self.decomposed) }
    for code in Hangul.vowels { mark(code, Self.composed) }
    for code in Hangul.finals { mark(code, Self.composed) }
  }

  private static func bit(_ form: NormalizationForm) -> UInt8 {
    switch form {
    case .nfc: 1
    case .nfd: 2
    case .nfkc: 4
    case .nfkd: 8
    }
  }

  private static let composed = bit(.nfc) | bit(.nfkc)
  private static let decomposed = bit(.nfd) | bit(.nfkd)
  private static let compatibleForms = bit(.nfkc) | bit(.nfkd)

  private mutating func mark(_ code: UInt32, _ forms: UInt8) {
    if Int(code) < Self.limit { oddIn[Int(code)] |= forms }
  }

  /// The items of a table: `code=first+second`, `code:parts` or `first-last:part`, in hexadecimal.
  private static func items(_ table: String) -> [(code: UInt32, parts: [UInt32], composes: Bool)] {
    var items: [(code: UInt32, parts: [UInt32], composes: Bool)] = []
    var numbers: [UInt32] = []
    var number: UInt32 = 0
    var composes = false
    var isRun = false
    for byte in table.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "A")...UInt8(ascii: "F"): number = number << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default:
        if byte == UInt8(ascii: "=") { composes = true }
        if byte == UInt8(ascii: "-") { isRun = true }
        numbers.append(number)
        number = 0
        guard byte == 0x20 || byte == 0x0A else { continue }
        add(numbers, composes, isRun, to: &items)
        numbers.removeAll(keepingCapacity: true)
        (composes, isRun) = (false, false)
      }
    }
    numbers.append(number)
    add(numbers, composes, isRun, to: &items)
    return items
  }

  private static func add(
    _ numbers: [UInt32], _ composes: Bool, _ isRun: Bool,
    to items: inout [(code: UInt32, parts: [UInt32], composes: Bool)]
  ) {
    guard numbers.count >= 2 else { return }
    if isRun, numbers.count == 3 {
      for code in numbers[0]...numbers[1] { items.append((code, [numbers[2] + code - numbers[0]], false)) }
    } else {
      items.append((numbers[0], Array(numbers[1...]), composes))
    }
  }

  static func combiningClass(_ code: UInt32) -> UInt8 {
    guard code >= 0x300, let scalar = Unicode.Scalar(code) else { return 0 }
    let properties = scalar.properties
    let combiningClass = properties.canonicalCombiningClass.rawValue
    guard combiningClass != 0, let age = properties.age, age.major <= 9 else { return 0 }
    return combiningClass
  }

  private func isOdd(_ code: UInt32, _ bit: UInt8) -> Bool {
    Int(code) < Self.limit && oddIn[Int(code)] & bit != 0
  }

  /// Where the next scalar begins that is odd in a form, looking at 32 bytes at a time where they are plain.
  func nextOdd(in text: Span<UInt8>, from start: Int, for form: NormalizationForm) -> Int? {
    let bit = Self.bit(form)
    // Below these lead bytes nothing is odd: U+0300 in form C, U+00C0 in form D, U+0080 in the others.
    let plain: UInt8 = form == .nfc ? 0xCC : form == .nfd ? 0xC3 : 0x80
    let limits = SIMD32<UInt8>(repeating: plain)
    var index = start
    while index < text.count {
      while index + 32 <= text.count {
        let block = unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
        if any(block .>= limits) { break }
        index += 32
      }
      // The block may have begun or ended within a scalar.
      while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
      let end = min(index + 32, text.count)
      while index < end {
        let width = utf8Width(text[index])
        if text[index] >= plain, isOdd(scalar(at: index, in: text).value, bit) { return index }
        index += width
      }
    }
    return nil
  }

  /// Where the first scalar after `start` begins that is not odd in a form.
  func endOfOdd(in text: Span<UInt8>, from start: Int, for form: NormalizationForm) -> Int {
    let bit = Self.bit(form)
    var index = start
    while index < text.count {
      let next = scalar(at: index, in: text)
      guard isOdd(next.value, bit) else { break }
      index += UTF8.width(next)
    }
    return index
  }

  func decompose(_ code: UInt32, isCompatible: Bool, into segment: inout NormalizedSegment) {
    var isFirst = true
    decompose(code, isCompatible, &isFirst, &segment)
  }

  private func decompose(
    _ code: UInt32, _ isCompatible: Bool, _ isFirst: inout Bool, _ segment: inout NormalizedSegment
  ) {
    if code >= 0x80,
      let parts = Hangul.decompose(code) ?? (isCompatible ? compatible[code] : nil) ?? canonical[code]
    {
      // Parts of parts have fewer parts: the recursion ends after at most four steps.
      for part in parts { decompose(part, isCompatible, &isFirst, &segment) }
    } else {
      segment.append(code, combiningClass: Self.combiningClass(code), isFirst: isFirst)
      isFirst = false
    }
  }

  func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    Hangul.compose(first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
  }
}

/// Hangul syllables, which compose by arithmetic. Source: The Unicode Standard, 3.12.
private enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  static let vowels: Range<UInt32> = 0x1161..<0x1176
  static let finals: Range<UInt32> = 0x11A8..<0x11C3

  static func decompose(_ code: UInt32) -> [UInt32]? {
    guard syllables.contains(code) else { return nil }
    let index = code - 0xAC00
    let pair = [0x1100 + index / 588, 0x1161 + index % 588 / 28]
    return index % 28 == 0 ? pair : pair + [0x11A7 + index % 28]
  }

  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), vowels.contains(second) {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if syllables.contains(first), (first - 0xAC00) % 28 == 0, finals.contains(second) {
      return first + second - 0x11A7
    }
    return nil
  }
}
