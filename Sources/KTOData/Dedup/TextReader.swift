internal import KTOCore
internal import KTOTokenizer

/// Reads texts for comparison: as normalised text, and as words. Used by one thread; the buffers stay.
///
/// The normalised text is in Unicode's form NFKC and in small letters, with plain quotation marks and dashes, without
/// invisible characters, and with one blank for each run of white space and none outside. Words are its runs of letters,
/// marks on letters and numbers, without what stands between them; a letter of a script that is written without blanks
/// (Chinese, Japanese, Thai, Lao, Burmese, Khmer) is a word of its own. With `keepsSymbols`, a run of other characters is
/// a word, too: `a<=b` has three.
struct TextReader: ~Copyable {
  /// The normalised text of what was added since the last `clear()`, a blank between texts.
  private(set) var text: [UInt8] = []
  /// The words, a blank between them.
  private(set) var words: [UInt8] = []
  /// Where each word begins in `words`.
  private(set) var wordStarts: [Int] = []
  private let keepsSymbols: Bool
  private let forms = ScalarForms.shared
  /// Whether what comes next continues the last word or run of symbols, or white space is due before it.
  private var isInWord = false
  private var isInSymbols = false
  private var spaceIsDue = false

  /// - Parameter keepsSymbols: whether runs of punctuation and symbols are words of their own.
  init(keepsSymbols: Bool = false) { self.keepsSymbols = keepsSymbols }

  mutating func clear() {
    text.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    wordStarts.removeAll(keepingCapacity: true)
    (isInWord, isInSymbols, spaceIsDue) = (false, false, false)
  }

  mutating func add(_ content: String) {
    let bytes = content.utf8.span
    if let composed = isASCII(bytes) ? nil : compatibilityComposed(bytes) {
      add(composed.span)
    } else {
      add(bytes)
    }
    takeSpace()
  }

  /// The words from one to before another, a blank between them.
  func wordBytes(_ range: Range<Int>) -> Range<Int> {
    wordStarts[
      range.lowerBound]..<(range.upperBound < wordStarts.count
      ? wordStarts[range.upperBound] - 1 : words.count)
  }

  private func isASCII(_ bytes: Span<UInt8>) -> Bool {
    var all: UInt8 = 0
    for index in bytes.indices { all |= bytes[index] }
    return all < 0x80
  }

  private mutating func add(_ bytes: Span<UInt8>) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        index += 1
        switch asciiKinds[Int(byte)] {
        case 1: put(byte, startsWord: false)
        case 2: takeSpace()
        default:
          put(mark: byte == UInt8(ascii: "`") ? UInt8(ascii: "'") : byte)
        }
        continue
      }
      let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      var code = UInt32(byte) & (0x7F >> UInt32(length))
      for offset in 1..<length where index + offset < bytes.count {
        code = code << 6 | UInt32(bytes[index + offset] & 0x3F)
      }
      index += length
      if let scalar = Unicode.Scalar(code) { add(scalar) }
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    let form = forms[scalar]
    switch form.kind {
    case .space: takeSpace()
    case .ignored: return
    case .word, .wordStart, .mark:
      guard let lowered = form.lowered, let plain = Unicode.Scalar(lowered) else {
        for (place, scalar) in scalar.properties.lowercaseMapping.unicodeScalars.enumerated() {
          put(scalar, place == 0 ? form.kind : .word)
        }
        return
      }
      put(plain, form.kind)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar, _ kind: ScalarForm.Kind) {
    guard let encoded = UTF8.encode(scalar) else { return }
    var isFirst = true
    for byte in encoded {
      if kind == .mark {
        put(mark: byte)
      } else {
        put(byte, startsWord: isFirst && kind == .wordStart)
        isFirst = false
      }
    }
    // What follows such a letter is a word of its own, but for marks on it, which are written as letters are.
  }

  /// A byte of a letter or number, in small letters already unless it is ASCII.
  @inline(__always)
  private mutating func put(_ byte: UInt8, startsWord: Bool) {
    let byte = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    if spaceIsDue { putSpace() }
    text.append(byte)
    if !isInWord || startsWord { startWord() }
    (isInWord, isInSymbols) = (true, false)
    words.append(byte)
  }

  @inline(__always)
  private mutating func put(mark byte: UInt8) {
    if spaceIsDue { putSpace() }
    text.append(byte)
    isInWord = false
    guard keepsSymbols else { return }
    if !isInSymbols { startWord() }
    isInSymbols = true
    words.append(byte)
  }

  private mutating func startWord() {
    if !words.isEmpty { words.append(0x20) }
    wordStarts.append(words.count)
  }

  private mutating func putSpace() {
    text.append(0x20)
    spaceIsDue = false
  }

  @inline(__always)
  private mutating func takeSpace() {
    (isInWord, isInSymbols) = (false, false)
    spaceIsDue = !text.isEmpty
  }
}

/// 1 for letters and digits, 2 for white space, 0 for the others.
private let asciiKinds: [UInt8] = (UInt8(0)..<128).map { byte in
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: 1
  case 0x09...0x0D, 0x1C...0x1F, 0x20: 2
  default: 0
  }
}
