/// The pieces of a sentencepiece BPE model as tokens and merges, checked to be what the model would do with them.
///
/// Source of the behaviour: bpe_model.cc and model_interface.cc of google/sentencepiece. It joins the neighbours
/// that make the piece of the highest score, of equal scores the leftmost; user-defined symbols are cut out of the
/// text before and join with nothing.
struct SentencePieceVocabulary {
  let pieces: [SentencePieceFile.Piece]
  let unknownID: UInt32
  /// The ids of the 256 bytes, where characters without a piece are spelled in bytes; else they are unknown.
  let byteIDs: [UInt32]?
  let merges: [DerivedMerge]

  /// - Throws: `TokenizerError` for a model that is not BPE, that the peer would not load either, or whose pieces
  ///   join in a way that merges cannot say.
  init(_ file: SentencePieceFile) throws(TokenizerError) {
    guard file.modelType == 2 else {
      let names: [UInt64: String] = [1: "Unigram", 3: "Word", 4: "Char"]
      throw .notBPE(model: names[file.modelType] ?? "type \(file.modelType)")
    }
    pieces = file.pieces
    let unknown = pieces.indices.filter { file.pieces[$0].kind == .unknown }
    guard unknown.count == 1 else { throw Self.malformed("one unknown piece, not \(unknown.count)") }
    unknownID = UInt32(unknown[0])
    byteIDs = try Self.byteIDs(file)
    merges = try Self.merges(file.pieces)
  }

  private static func byteIDs(_ file: SentencePieceFile) throws(TokenizerError) -> [UInt32]? {
    var ids = [UInt32?](repeating: nil, count: 256)
    for (id, piece) in file.pieces.enumerated() where piece.kind == .byte {
      guard let byte = byteOfName(piece.text), file.byteFallback else {
        throw malformed("a byte's name, and byte_fallback", id)
      }
      ids[Int(byte)] = UInt32(id)
    }
    guard file.byteFallback else { return nil }
    let all = ids.compactMap(\.self)
    guard all.count == 256 else { throw malformed("256 bytes, not \(all.count)") }
    return all
  }

  private static func merges(_ pieces: [SentencePieceFile.Piece]) throws(TokenizerError) -> [DerivedMerge] {
    var texts: Set<[UInt8]> = []
    texts.reserveCapacity(pieces.count)
    // Characters by their symbol: the piece's id, or, without a piece, a number beyond the ids.
    var symbols: [Unicode.Scalar: UInt32] = [:]
    var mergeable: [(id: UInt32, scalars: [Unicode.Scalar])] = []
    for (id, piece) in pieces.enumerated() {
      guard texts.insert(piece.text).inserted else { throw malformed("a text that no other piece has", id) }
      guard [.normal, .unused, .userDefined].contains(piece.kind) else { continue }
      let scalars = Array(String(decoding: piece.text, as: UTF8.self).unicodeScalars)
      if scalars.count == 1 {
        symbols[scalars[0]] = UInt32(id)
      } else if piece.kind != .userDefined {
        mergeable.append((UInt32(id), scalars))
      }
    }
    // See `checkEqualScores` for why longer ones go first.
    mergeable.sort { left, right in
      let (leftScore, rightScore) = (pieces[Int(left.id)].score, pieces[Int(right.id)].score)
      if leftScore != rightScore { return leftScore > rightScore }
      return left.scalars.count != right.scalars.count
        ? left.scalars.count > right.scalars.count : left.id < right.id
    }
    var next = UInt32(pieces.count)
    let tokens = mergeable.map { token in
      (
        id: token.id,
        symbols: token.scalars.map { scalar in
          if let symbol = symbols[scalar] { return symbol }
          defer { next += 1 }
          symbols[scalar] = next
          return next
        }
      )
    }
    guard next <= Vocabulary.idLimit else { throw malformed("fewer characters") }
    let merges = derivedMerges(of: tokens)
    for merge in merges {
      // Which way the peer takes an unused piece apart again depends on the rest of the text.
      if pieces[Int(merge.merged)].kind == .unused {
        throw unsupported(merge.merged, "is unused and made of others")
      }
      guard merge.left < pieces.count, merge.right < pieces.count else {
        throw unsupported(merge.merged, "has a character that is no piece")
      }
    }
    try checkEqualScores(merges, pieces)
    return merges
  }

  /// Of pieces of equal score the peer makes the leftmost first; merges go by rank.
  ///
  /// Where such pieces are runs of one character (Mistral's of U+2581), of which no other piece holds two in a row,
  /// the longest first is the same. What is left of the run when the others are done is single characters. At any
  /// time the only candidates are the last block joined so far with the one before it, that block with the next
  /// character, and two characters after it: leftmost first is that order, and longest first as well, since a block
  /// is two or more characters.
  private static func checkEqualScores(
    _ merges: [DerivedMerge], _ pieces: [SentencePieceFile.Piece]
  ) throws(TokenizerError) {
    var start = 0
    while start < merges.count {
      let score = pieces[Int(merges[start].merged)].score
      let end = merges[start...].firstIndex { pieces[Int($0.merged)].score != score } ?? merges.count
      defer { start = end }
      guard end - start > 1 else { continue }
      let first = pieces[Int(merges[start].merged)].text
      let width = UTF8.width(scalar(at: 0, in: first.span))
      let double = Array(first.prefix(width) + first.prefix(width))
      for (index, merge) in merges.enumerated() {
        let text = pieces[Int(merge.merged)].text
        let isRun = stride(from: 0, to: text.count, by: width).allSatisfy { place in
          text[place...].prefix(width).elementsEqual(double.prefix(width))
        }
        if (start..<end).contains(index) ? !isRun : contains(text, double) {
          throw unsupported(merge.merged, "has the score of another, or is joined with such pieces")
        }
      }
    }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    text.count >= part.count
      && (0...text.count - part.count).contains { text[$0...].prefix(part.count).elementsEqual(part) }
  }

  private static func malformed(_ expected: String, _ id: Int? = nil) -> TokenizerError {
    .malformed(pointer: id.map { "piece \($0)" } ?? "pieces", expected: expected, offset: 0)
  }

  private static func unsupported(_ id: UInt32, _ why: String) -> TokenizerError {
    .unsupported(stage: .model, component: "BPE", detail: "piece \(id) \(why)")
  }
}

/// The byte that a piece such as `<0x0A>` names.
private func byteOfName(_ text: [UInt8]) -> UInt8? {
  let start = Array("<0x".utf8)
  guard text.count == 6, text.starts(with: start), text[5] == UInt8(ascii: ">") else { return nil }
  let digits = text[3..<5]
  guard digits.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }) else { return nil }
  return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
}
