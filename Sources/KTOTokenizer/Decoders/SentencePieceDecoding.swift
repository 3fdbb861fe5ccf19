/// How a sentencepiece model's pieces become text again.
///
/// Source of the behaviour: `Decode` of sentencepiece_processor.cc of google/sentencepiece.
struct SentencePieceDecoding: Sendable, Equatable {
  /// Whether pieces such as `<0x0A>` stand for bytes.
  var hasBytes: Bool
  /// Whether a space at the very beginning is the dummy prefix, and not text.
  var dropsFirstSpace: Bool
  /// Whether of each piece before the first text a space at its beginning is dropped.
  var dropsLeadingSpaces: Bool

  /// The byte that a piece stands for.
  func byte(_ piece: [UInt8]) -> UInt8? { hasBytes ? fallbackByte(piece) : nil }

  /// The text of a piece.
  /// - Parameter isFirst: whether no text came before, nor a space that was dropped for being the first.
  func text(of piece: [UInt8], isFirst: inout Bool) -> [UInt8] {
    var part = piece[...]
    if isFirst, dropsFirstSpace || dropsLeadingSpaces, part.starts(with: SentencePieceNormalizer.mark) {
      part = part.dropFirst(SentencePieceNormalizer.mark.count)
      isFirst = dropsLeadingSpaces
    }
    if !part.isEmpty { isFirst = false }
    return Array(part).substituting(SentencePieceNormalizer.mark, with: [0x20])
  }

  /// The text of bytes: each one that begins no character becomes U+FFFD.
  func text(ofBytes bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let part = bytes[index...].prefix(utf8Width(bytes[index]))
      if String(validating: part, as: UTF8.self) != nil {
        text += part
        index += part.count
      } else {
        text += "\u{FFFD}".utf8
        index += 1
      }
    }
    return text
  }
}
