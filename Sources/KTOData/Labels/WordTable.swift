/// What words and emoji mean. Upper and lower case, the colons around an emoji's name and the shade of its skin are the
/// same.
package struct WordTable: Sendable, Equatable {
  private var meanings: [String: Bool] = [:]

  package init() {}

  /// - Parameters:
  ///   - base: what counts beside the words; a word of the lists goes before it.
  package init(_ base: WordTable = WordTable(), desirable: [String], undesirable: [String]) {
    self = base
    for word in desirable { meanings[Self.plain(word)] = true }
    for word in undesirable { meanings[Self.plain(word)] = false }
  }

  package subscript(word: String) -> Bool? { meanings[Self.plain(word)] }

  /// The thumbs that feedback widgets and chat programs write.
  package static let thumbs = WordTable(
    desirable: [
      "thumbs_up", "thumbs-up", "thumbs up", "thumbsup", "thumb_up", "up", "positive", "1", "+1", "👍",
    ],
    undesirable: [
      "thumbs_down", "thumbs-down", "thumbs down", "thumbsdown", "thumb_down", "down", "negative", "-1", "👎",
    ])

  /// The thumbs, and words of praise and complaint that can hardly be meant otherwise.
  package static let usual = WordTable(
    thumbs,
    desirable: [
      "good", "great", "excellent", "perfect", "helpful", "correct", "right", "accurate", "useful", "like",
      "liked",
      "upvote", "upvoted", "accept", "accepted", "approved", "satisfied", "❤", "💯", "👏", "✅",
      "white_check_mark", "heart", "100", "clap",
    ],
    undesirable: [
      "bad", "poor", "terrible", "awful", "unhelpful", "not helpful", "incorrect", "wrong", "inaccurate",
      "useless", "dislike", "disliked", "downvote", "downvoted", "reject", "rejected", "unsatisfied",
      "dissatisfied", "💔", "❌", "x", "broken_heart",
    ])

  /// The words of one class, sorted.
  package func words(_ isDesirable: Bool) -> [String] {
    meanings.filter { $0.value == isDesirable }.map(\.key).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// A word as it is looked up: lower case, without white space around it, without the colons that chat programs put
  /// around an emoji's name, without variation selectors and shades of skin.
  package static func plain(_ word: String) -> String {
    let kept = word.lowercased().unicodeScalars.filter { scalar in
      scalar.value != 0xFE0F && !(0x1F3FB...0x1F3FF).contains(scalar.value)
    }
    var text = Substring(String(String.UnicodeScalarView(kept)))
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    if let shade = text.firstRange(of: "::skin-tone-") { text = text[..<shade.lowerBound] }
    if text.hasPrefix(":"), text.count > 1 { text.removeFirst() }
    if text.hasSuffix(":"), text.count > 1 { text.removeLast() }
    return String(text)
  }
}
