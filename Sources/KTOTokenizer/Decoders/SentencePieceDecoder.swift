/// How a sentencepiece model turns ids into text again.
///
/// Source of the behaviour: `Decode` of sentencepiece_processor.cc of google/sentencepiece.
struct SentencePieceDecoder: Sendable {
  let pieces: [SentencePieceFile.Piece]
  let unknownSurface: [UInt8]
  /// Whether a space at the very beginning is the dummy prefix, and not text.
  let dropsFirstSpace: Bool
  /// Whether all spaces at the beginning are dropped.
  let dropsLeadingSpaces: Bool

  /// Bytes are whole UTF-8. Control pieces give nothing; ids without a piece are passed over.
  func decode(_ ids: [UInt32]) -> [UInt8] {
    var text: [UInt8] = []
    var pendingBytes: [UInt8] = []
    var sawFirstSpace = false
    var isStart = true
    func flush() {
      appendWhole(pendingBytes, to: &text)
      pendingBytes.removeAll()
    }
    for id in ids where Int(id) < pieces.count {
      let piece = pieces[Int(id)]
      if piece.kind == .byte {
        pendingBytes.append(hexValue(piece.text[3]) << 4 | hexValue(piece.text[4]))
        continue
      }
      flush()
      if sawFirstSpace || !text.isEmpty { isStart = false }
      sawFirstSpace = false
      switch piece.kind {
      case .control: continue
      case .unknown: text += unknownSurface
      default:
        var part = piece.text[...]
        if isStart, dropsFirstSpace || dropsLeadingSpaces, part.starts(with: SentencePieceNormalizer.mark) {
          part.removeFirst(SentencePieceNormalizer.mark.count)
          sawFirstSpace = !dropsLeadingSpaces
        }
        appendWithSpaces(part, to: &text)
      }
    }
    flush()
    return text
  }
}

/// Appends bytes that may not be UTF-8: each one that begins no character as U+FFFD.
private func appendWhole(_ bytes: [UInt8], to text: inout [UInt8]) {
  var index = 0
  while index < bytes.count {
    let width = bytes[index] < 0x80 ? 1 : bytes[index] < 0xE0 ? 2 : bytes[index] < 0xF0 ? 3 : 4
    let part = bytes[index...].prefix(width)
    if part.count == width, String(validating: part, as: UTF8.self) != nil {
      text += part
      index += width
    } else {
      text += "\u{FFFD}".utf8
      index += 1
    }
  }
}

/// Appends a piece's text with spaces for U+2581.
private func appendWithSpaces(_ part: ArraySlice<UInt8>, to text: inout [UInt8]) {
  var index = part.startIndex
  while index < part.endIndex {
    if part[index...].starts(with: SentencePieceNormalizer.mark) {
      text.append(0x20)
      index += SentencePieceNormalizer.mark.count
    } else {
      text.append(part[index])
      index += 1
    }
  }
}

/// The value of a digit that was checked when the file was read.
private func hexValue(_ digit: UInt8) -> UInt8 {
  digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "A") + 10
}
