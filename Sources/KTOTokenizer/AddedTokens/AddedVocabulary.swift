/// The added tokens with their ids, and the cutting of text at them.
struct AddedVocabulary: Sendable {
  /// A part of a text: an added token, or what lies between.
  struct Section: Sendable, Equatable {
    var range: Range<Int>
    var id: UInt32?
  }

  private struct Entry {
    var token: AddedToken
    var id: UInt32
  }

  private var entries: [Entry] = []
  private var raw = TokenTrie()
  private var normalized = TokenTrie()
  private(set) var specialIDs: Set<UInt32> = []

  /// Gives every token its id and builds the search.
  ///
  /// A token of the vocabulary keeps its id there; others count on from the vocabulary's size. The ids written
  /// in the file are not used. A token given again replaces its flags, but stays special once it was.
  init(_ tokens: [AddedToken], model: BPEModel, normalizer: Normalizer?) throws {
    var places: [[UInt8]: Int] = [:]
    var nextID = UInt32(model.vocabulary.count)
    for token in tokens where !token.content.isEmpty {
      let key = Array(token.content.utf8)
      if let place = places[key] {
        entries[place].token = token
      } else {
        var id = nextID
        if let known = model.id(of: token.content) { id = known } else { nextID += 1 }
        places[key] = entries.count
        entries.append(Entry(token: token, id: id))
      }
      if token.isSpecial, let place = places[key] { specialIDs.insert(entries[place].id) }
    }
    for (index, entry) in entries.enumerated() {
      let bytes = Array(entry.token.content.utf8)
      let isNew =
        entry.token.isNormalized
        ? normalized.insert(normalizer?.normalize(bytes) ?? bytes, Int32(index))
        : raw.insert(bytes, Int32(index))
      guard isNew else { throw TokenizerError.duplicateAddedToken(entry.token.content) }
    }
  }

  /// The tokens and their ids, in the file's order.
  var all: [(token: AddedToken, id: UInt32)] { entries.map { ($0.token, $0.id) } }

  /// How many tokens have ids from the vocabulary's size on.
  func countBeyond(_ vocabularySize: Int) -> Int { entries.count { Int($0.id) >= vocabularySize } }

  /// Cuts at tokens that are looked for in the text as it is.
  func sections(ofRaw text: Span<UInt8>) -> [Section] { sections(of: text, raw) }

  /// Cuts at tokens that are looked for in normalized text.
  func sections(ofNormalized text: Span<UInt8>) -> [Section] { sections(of: text, normalized) }

  private func sections(of text: Span<UInt8>, _ trie: TokenTrie) -> [Section] {
    if trie.isEmpty { return [Section(range: 0..<text.count, id: nil)] }
    var sections: [Section] = []
    var done = 0
    var from = 0
    while let match = trie.next(in: text, from: from) {
      from = match.range.upperBound
      let entry = entries[Int(match.value)]
      var start = match.range.lowerBound
      var stop = match.range.upperBound
      if entry.token.isSingleWord,
        (start > 0 && isWordCharacter(scalar(before: start, in: text)))
          || (stop < text.count && isWordCharacter(scalar(at: stop, in: text)))
      {
        continue
      }
      if entry.token.stripsLeft { start = max(startOfSpaces(before: start, in: text), done) }
      if entry.token.stripsRight { stop = endOfSpaces(from: stop, in: text) }
      if done < start { sections.append(Section(range: done..<start, id: nil)) }
      // A token already eaten as another's white space on the right still counts, as in the reference.
      sections.append(Section(range: min(start, stop)..<stop, id: entry.id))
      done = stop
    }
    if done != text.count { sections.append(Section(range: done..<text.count, id: nil)) }
    return sections
  }
}

/// Rust's `\w`: Alphabetic, marks, decimal numbers, connector punctuation and join controls (UTS 18).
private func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
  let properties = scalar.properties
  if properties.isAlphabetic || properties.isJoinControl { return true }
  switch properties.generalCategory {
  case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
  default: return false
  }
}

private func endOfSpaces(from start: Int, in text: Span<UInt8>) -> Int {
  var index = start
  while index < text.count {
    let next = scalar(at: index, in: text)
    guard next.properties.isWhitespace else { break }
    index += UTF8.width(next)
  }
  return index
}

private func startOfSpaces(before end: Int, in text: Span<UInt8>) -> Int {
  var index = end
  while index > 0 {
    let last = scalar(before: index, in: text)
    guard last.properties.isWhitespace else { break }
    index -= UTF8.width(last)
  }
  return index
}
