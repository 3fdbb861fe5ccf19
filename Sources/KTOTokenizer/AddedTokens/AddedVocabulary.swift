internal import CTextKernels

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
    /// What stands for the token in normalized text.
    var normalized: [UInt8]
    /// Whether another token took the id, after which the entry only knows its id.
    var isReplaced = false
  }

  private var entries: [Entry] = []
  private var raw = TokenTrie([])
  private var normalized = TokenTrie([])
  /// The bytes that tokens of either kind begin with, side by side, where they are few.
  private var firstBytes: UInt32?
  /// The contents of special tokens; one that was special once stays so.
  private var specialContents: Set<[UInt8]> = []
  private var entryOfID: [UInt32: Int] = [:]

  /// Gives every token its id and builds the search.
  ///
  /// A token of the vocabulary keeps its id there; others count on from the vocabulary's size. The ids written
  /// in the file are not used. A token given again replaces its flags, but stays special once it was.
  init(_ tokens: [AddedToken], model: BPEModel, normalizers: [Normalizer]) throws(TokenizerError) {
    var places: [[UInt8]: Int] = [:]
    var nextID = UInt32(model.vocabulary.count)
    for token in tokens where !token.content.isEmpty {
      let key = Array(token.content.utf8)
      let normalized =
        if let form = token.form { form } else { token.isNormalized ? try normalizers.normalize(key) : key }
      if token.isSpecial { specialContents.insert(key) }
      let place: Int
      if let known = places[key] {
        place = known
        entries[place] = Entry(token: token, id: entries[place].id, normalized: normalized)
      } else {
        var id = nextID
        if let known = model.id(of: token.content) { id = known } else { nextID += 1 }
        place = entries.count
        places[key] = place
        entries.append(Entry(token: token, id: id, normalized: normalized))
      }
      // An id beyond the vocabulary's size may be one of the vocabulary's, where that has gaps.
      if let other = entryOfID[entries[place].id], other != place { entries[other].isReplaced = true }
      entryOfID[entries[place].id] = place
    }
    raw = try trie { !$0.token.isNormalized }
    normalized = try trie { $0.token.isNormalized }
    firstBytes = TokenTrie.packed(Set(raw.starts + normalized.starts).sorted())
  }

  private func trie(_ isMember: (Entry) -> Bool) throws(TokenizerError) -> TokenTrie {
    var patterns: [(bytes: [UInt8], value: Int32)] = []
    var seen: Set<[UInt8]> = []
    for (index, entry) in entries.enumerated()
    where isMember(entry) && entry.token.isFound && !entry.isReplaced {
      // Which of two the reference finds changes from run to run.
      guard entry.normalized.isEmpty || seen.insert(entry.normalized).inserted else {
        throw .duplicateAddedToken(entry.token.content)
      }
      patterns.append((entry.normalized, Int32(index)))
    }
    return TokenTrie(patterns)
  }

  /// The tokens and their ids, in the file's order.
  var all: [(token: AddedToken, id: UInt32)] { entries.map { ($0.token, $0.id) } }

  /// What each token is decoded from: its normalized form where it has one.
  var decodedForms: [(id: UInt32, bytes: [UInt8])] {
    entries.filter { !$0.isReplaced }.map { ($0.id, $0.normalized) }
  }

  /// What an added token is decoded from.
  func form(of id: UInt32) -> [UInt8]? { entryOfID[id].map { entries[$0].normalized } }

  /// Whether a token is special goes by its text, as it is decoded.
  func isSpecial(_ bytes: [UInt8]) -> Bool { specialContents.contains(bytes) }

  var hasSpecialTokens: Bool { !specialContents.isEmpty }

  /// How many tokens the vocabulary lacks.
  func countBeyond(_ model: BPEModel) -> Int { entries.count { model.id(of: $0.token.content) == nil } }

  /// Whether no token is looked for in normalized text.
  var hasNoNormalizedTokens: Bool { normalized.isEmpty }

  /// What one look at a text tells, UTF-8 or not.
  func survey(_ text: Span<UInt8>) -> TextSurvey {
    // Where tokens begin with too many bytes, or there are none, the byte that no UTF-8 has.
    let found = unsafe text.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return kto_survey(has_high: 0, has_any: 0) }
      return unsafe kto_survey_of(kto_best_vectors(), base, Int64(text.count), firstBytes ?? .max)
    }
    let mayHoldTokens = firstBytes == nil ? !raw.isEmpty || !normalized.isEmpty : found.has_any != 0
    return TextSurvey(isASCII: found.has_high == 0, mayHoldTokens: mayHoldTokens)
  }

  /// Whether the text as it is certainly holds no token that is looked for there. Cheap; false where in doubt.
  func findsNoRawTokens(in text: Span<UInt8>) -> Bool {
    raw.isEmpty || raw.nextStart(in: text, from: 0) == nil
  }

  /// Whether normalized text certainly holds no token that is looked for there. Cheap; false where in doubt.
  func findsNoNormalizedTokens(in text: Span<UInt8>) -> Bool {
    !text.isEmpty && (normalized.isEmpty || normalized.nextStart(in: text, from: 0) == nil)
  }

  /// Cuts at tokens that are looked for in the text as it is.
  func sections(ofRaw text: Span<UInt8>) -> [Section] { sections(of: text, raw) }

  /// Cuts at tokens that are looked for in normalized text.
  func sections(ofNormalized text: Span<UInt8>) -> [Section] { sections(of: text, normalized) }

  private func sections(of text: Span<UInt8>, _ trie: TokenTrie) -> [Section] {
    if text.isEmpty { return [] }
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
      // A token already eaten as another's white space on the right still counts, unless it strips on its left and
      // finds nothing that is its own, where the reference drops it or ends.
      if start < stop { sections.append(Section(range: start..<stop, id: entry.id)) }
      done = stop
    }
    if done != text.count { sections.append(Section(range: done..<text.count, id: nil)) }
    return sections
  }
}

/// What a look at all of a text told.
struct TextSurvey {
  var isASCII: Bool
  /// Whether it may hold an added token, of either kind.
  var mayHoldTokens: Bool
}
