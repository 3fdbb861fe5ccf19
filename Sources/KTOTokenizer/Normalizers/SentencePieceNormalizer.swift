/// sentencepiece's own normalizer: a table of replacements, then white space as its options ask.
///
/// User-defined symbols are left as they are. Source: the steps of normalizer.cc of google/sentencepiece.
final class SentencePieceNormalizer: Sendable {
  /// The mark that stands for a space: U+2581.
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  struct Options: Sendable, Equatable {
    var addsDummyPrefix: Bool
    /// Takes spaces away at both ends, and all but one elsewhere.
    var removesExtraSpaces: Bool
    var escapesSpaces: Bool
    /// Puts the dummy prefix at the end.
    var putsSpaceLast: Bool
  }

  private let charsmap: PrecompiledCharsmap?
  private let userDefined: TokenTrie
  private let options: Options
  private let space: [UInt8]

  init(charsmap: PrecompiledCharsmap?, userDefined: [[UInt8]], options: Options) {
    self.charsmap = charsmap
    self.userDefined = TokenTrie(userDefined.enumerated().map { ($1, Int32(clamping: $0)) })
    self.options = options
    space = options.escapesSpaces ? Self.mark : [0x20]
  }

  /// O(bytes × longest entry of the tables).
  func apply(to text: inout AlignedText) {
    guard let start = textStart(text.bytes.span) else {
      text = text.part(0..<0)
      return
    }
    var rewriter = TextRewriter(text, expectedGrowth: text.bytes.count / 4 + space.count)
    if options.addsDummyPrefix, !options.putsSpaceLast { rewriter.put(space, for: start) }
    rewrite(text.bytes.span, from: start, &rewriter)
    text = rewriter.text
    if options.removesExtraSpaces {
      // A mark that was in the text goes too, as in the reference.
      while text.bytes.suffix(space.count).elementsEqual(space) {
        text.bytes.removeLast(space.count)
        text.origins?.removeLast(space.count)
      }
    }
    if options.addsDummyPrefix, options.putsSpaceLast {
      let end = text.inputEnd
      text.bytes += space
      for _ in space { text.origins?.append(end..<end) }
    }
  }

  /// Where what is kept of the text begins; nil where that is nothing.
  private func textStart(_ text: Span<UInt8>) -> Int? {
    var start = 0
    while options.removesExtraSpaces, start < text.count {
      let part = prefix(at: start, in: text)
      guard part.isSpace else { break }
      start = part.end
    }
    return start < text.count ? start : nil
  }

  private func rewrite(_ span: Span<UInt8>, from first: Int, _ rewriter: inout TextRewriter) {
    var start = first
    var followsSpace = options.removesExtraSpaces
    while start < span.count {
      let part = prefix(at: start, in: span)
      if let replacement = part.replacement {
        let content = followsSpace ? replacement.drop { $0 == 0x20 } : replacement
        for byte in content {
          if byte == 0x20 {
            rewriter.put(space, for: start)
          } else {
            rewriter.put(CollectionOfOne(byte), for: start)
          }
        }
        if let last = content.last { followsSpace = options.removesExtraSpaces && last == 0x20 }
      } else if span[start] == 0x20, part.end == start + 1 {
        if !followsSpace { rewriter.put(space, for: start) }
        followsSpace = options.removesExtraSpaces
      } else {
        rewriter.keep(start..<part.end)
        followsSpace = false
      }
      start = part.end
    }
  }

  /// What the text at some place becomes.
  private struct Part {
    /// Nil for the text itself.
    var replacement: ArraySlice<UInt8>?
    /// Where the text goes on.
    var end: Int
    var isSpace: Bool
  }

  private func prefix(at start: Int, in text: Span<UInt8>) -> Part {
    if let match = userDefined.longest(in: text, at: start) {
      return userDefinedPart(text, match.range)
    }
    if let match = charsmap?.replacement(at: start, in: text) {
      return Part(replacement: match.bytes, end: start + match.byteCount, isSpace: match.bytes == [0x20])
    }
    let end = min(start + utf8Width(text[start]), text.count)
    return Part(replacement: nil, end: end, isSpace: text[start] == 0x20)
  }

  /// A symbol is kept as it is, but for spaces in it, which are like those around it.
  private func userDefinedPart(_ text: Span<UInt8>, _ range: Range<Int>) -> Part {
    let bytes = ArraySlice(range.map { text[$0] })
    return Part(
      replacement: bytes.contains(0x20) ? bytes : nil, end: range.upperBound, isSpace: bytes == [0x20])
  }
}

extension SentencePieceNormalizer: Equatable {
  static func == (left: SentencePieceNormalizer, right: SentencePieceNormalizer) -> Bool { left === right }
}
