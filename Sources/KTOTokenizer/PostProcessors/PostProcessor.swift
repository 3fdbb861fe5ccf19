/// What is done with the tokens of a text at the end.
enum PostProcessor: Sendable, Equatable {
  /// Puts tokens around the text: the single-sequence template of `TemplateProcessing`, and what BERT and RoBERTa do.
  case template([TemplatePart])
  /// Takes spaces out of the offsets, as `ByteLevel` with `trim_offsets` does.
  case trimOffsets(keepsPrefixSpace: Bool)

  enum TemplatePart: Sendable, Equatable {
    case special([UInt32])
    case sequence
  }

  /// How many ids this adds.
  var addedCount: Int {
    guard case .template(let parts) = self else { return 0 }
    return parts.reduce(0) { count, part in
      if case .special(let ids) = part { count + ids.count } else { count }
    }
  }

  func apply(to ids: [UInt32], addSpecialTokens: Bool) -> [UInt32] {
    guard case .template(let parts) = self else { return ids }
    var output: [UInt32] = []
    for part in parts {
      switch part {
      case .special(let special): if addSpecialTokens { output += special }
      case .sequence: output += ids
      }
    }
    return output
  }

  /// - Parameter input: the text that the offsets are in.
  func apply(to tokens: [TracedToken], addSpecialTokens: Bool, input: Span<UInt8>) -> [TracedToken] {
    switch self {
    case .template(let parts):
      var output: [TracedToken] = []
      for part in parts {
        switch part {
        case .special(let ids): if addSpecialTokens { output += ids.map(TracedToken.special) }
        case .sequence: output += tokens
        }
      }
      return output
    case .trimOffsets(let keepsPrefixSpace):
      var output = tokens
      var isFirst = true
      for index in tokens.indices where !tokens[index].isSpecial {
        output[index].trimSpaces(keepsPrefixSpace: keepsPrefixSpace, isFirst: isFirst, in: input)
        isFirst = false
      }
      return output
    }
  }
}

/// The tokens that stand before and after a text.
struct Frame: Sendable, Equatable {
  var before: [UInt32] = []
  var after: [UInt32] = []

  /// What post-processors put around a text; nil where one does more than that.
  init?(_ processors: [PostProcessor]) {
    for case .template(let parts) in processors {
      let halves = parts.split(separator: .sequence, omittingEmptySubsequences: false)
      guard halves.count == 2 else { return nil }
      func ids(_ parts: ArraySlice<PostProcessor.TemplatePart>) -> [UInt32] {
        parts.flatMap { part -> [UInt32] in if case .special(let ids) = part { ids } else { [] } }
      }
      before = ids(halves[0]) + before
      after += ids(halves[1])
    }
  }
}

extension TracedToken {
  /// Takes as many characters off the range as the token has spaces at its ends.
  fileprivate mutating func trimSpaces(keepsPrefixSpace: Bool, isFirst: Bool, in input: Span<UInt8>) {
    var leading = leadingSpaces
    // A single space at the beginning may be the one that was put there.
    if keepsPrefixSpace, leading == 1, isFirst || range.lowerBound == 0 { leading = 0 }
    var start = range.lowerBound
    for _ in 0..<leading where start < range.upperBound {
      start += utf8Width(input[start])
    }
    start = min(start, range.upperBound)
    var end = range.upperBound
    for _ in 0..<trailingSpaces where end > start {
      repeat { end -= 1 } while end > start && input[end] & 0xC0 == 0x80
    }
    range = start..<end
  }
}
