import Testing

@testable import KTOTokenizer

/// A piece as tests write it.
private struct Piece {
  var text: String
  var score: Float = 0
  var kind: UInt8 = 1

  static let unknown = Piece(text: "<unk>", kind: 2)
}

private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
  var size = bytes.count
  var varint: [UInt8] = []
  repeat {
    varint.append(UInt8(size & 0x7F) | (size > 0x7F ? 0x80 : 0))
    size >>= 7
  } while size > 0
  return [number << 3 | 2] + varint + bytes
}

private func message(_ piece: Piece) -> [UInt8] {
  let score = (0..<4).map { UInt8(truncatingIfNeeded: piece.score.bitPattern >> UInt32(8 * $0)) }
  return field(1, field(1, Array(piece.text.utf8)) + [0x15] + score + [0x18, piece.kind])
}

/// A model of pieces, BPE unless `type` says otherwise.
private func model(_ pieces: [Piece], type: UInt8 = 2, byteFallback: Bool = false) -> [UInt8] {
  pieces.flatMap(message) + field(2, [0x18, type] + [0x98, 0x02, byteFallback ? 1 : 0])
}

private func vocabulary(_ pieces: [Piece], type: UInt8 = 2, byteFallback: Bool = false) throws
  -> SentencePieceVocabulary
{
  try SentencePieceVocabulary(SentencePieceFile(model(pieces, type: type, byteFallback: byteFallback)))
}

struct SentencePieceFileTests {
  private let letters = [
    Piece.unknown, Piece(text: "a", score: -9), Piece(text: "b", score: -10), Piece(text: "c", score: -11),
  ]

  @Test func `pieces have texts, scores and types`() throws {
    let file = try SentencePieceFile(model([.unknown, Piece(text: "\u{2581}a", score: -1.5, kind: 4)]))
    #expect(file.pieces[1].text == [0xE2, 0x96, 0x81, 0x61])
    #expect(file.pieces[1].score == -1.5)
    #expect(file.pieces[1].kind == .userDefined)
  }

  @Test func `what a model leaves out has the format's defaults`() throws {
    let file = try SentencePieceFile(message(.unknown))
    #expect(file.modelType == 1)
    #expect(file.normalization.addsDummyPrefix && file.normalization.removesExtraSpaces)
    #expect(file.unknownSurface == Array(" \u{2047} ".utf8))
  }

  @Test(arguments: [(1, "Unigram"), (3, "Word"), (4, "Char")] as [(UInt8, String)])
  func `a model that is not BPE is refused by name`(_ type: UInt8, _ name: String) {
    #expect(throws: TokenizerError.notBPE(model: name)) {
      try vocabulary(letters, type: type)
    }
  }

  @Test func `pieces join by score`() throws {
    let joined = [Piece(text: "ab", score: -2), Piece(text: "bc", score: -1), Piece(text: "abc", score: -3)]
    let merges = try vocabulary(letters + joined).merges
    #expect(
      merges == [
        DerivedMerge(left: 2, right: 3, merged: 5), DerivedMerge(left: 1, right: 2, merged: 4),
        DerivedMerge(left: 1, right: 5, merged: 6),
      ])
  }

  @Test func `user-defined pieces join with nothing`() throws {
    #expect(try vocabulary(letters + [Piece(text: "ab", kind: 4)]).merges.isEmpty)
  }

  @Test func `runs of one character may have equal scores`() throws {
    let runs = (2...4).map { Piece(text: String(repeating: "a", count: $0), score: -5) }
    // The longest goes first.
    #expect(try vocabulary(letters + runs).merges.map(\.merged) == [6, 5, 4])
  }

  @Test(arguments: [["ab", "bc"], ["aa", "bb"], ["aa", "aab"]])
  func `other pieces of equal scores are refused`(_ texts: [String]) {
    #expect(throws: TokenizerError.self) {
      try vocabulary(letters + texts.map { Piece(text: $0, score: -5) })
    }
  }

  @Test func `an unused piece that others make is refused`() {
    #expect(
      throws: TokenizerError.unsupported(
        stage: .model, component: "BPE", detail: "piece 4 is unused and made of others")
    ) {
      try vocabulary(letters + [Piece(text: "ab", score: -1, kind: 5)])
    }
  }

  @Test func `a piece of a character that is no piece is refused`() {
    #expect(
      throws: TokenizerError.unsupported(
        stage: .model, component: "BPE", detail: "piece 4 has a character that is no piece")
    ) {
      try vocabulary(letters + [Piece(text: "ax", score: -1)])
    }
  }

  @Test func `a model without the unknown piece, or with two, is refused`() {
    #expect(throws: TokenizerError.self) { try vocabulary(Array(letters.dropFirst())) }
    #expect(throws: TokenizerError.self) { try vocabulary(letters + [Piece(text: "<unk2>", kind: 2)]) }
  }

  @Test func `a text that two pieces have is refused`() {
    #expect(
      throws: TokenizerError.malformed(
        pointer: "piece 4", expected: "a text that no other piece has", offset: 0)
    ) {
      try vocabulary(letters + [Piece(text: "a", kind: 3)])
    }
  }

  @Test func `byte fallback needs all 256 bytes`() throws {
    let bytes = (0..<256).map { byte in
      Piece(text: "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">", kind: 6)
    }
    #expect(try vocabulary(letters + bytes, byteFallback: true).byteIDs?.count == 256)
    #expect(throws: TokenizerError.self) { try vocabulary(letters + bytes.dropLast(), byteFallback: true) }
    #expect(throws: TokenizerError.self) { try vocabulary(letters + bytes) }
  }

  @Test(arguments: ["", "\u{0}"])
  func `an empty piece and one of NUL`(_ text: String) throws {
    let bytes = model(letters + [Piece(text: text)])
    if text.isEmpty {
      #expect(throws: TokenizerError.self) { try SentencePieceFile(bytes) }
    } else {
      #expect(try SentencePieceFile(bytes).pieces.last?.text == [0])
    }
  }

  @Test func `a piece that is not UTF-8 or whose score is no number is an error`() {
    #expect(throws: TokenizerError.self) { try SentencePieceFile(field(1, field(1, [0xFF]))) }
    #expect(throws: TokenizerError.self) { try SentencePieceFile(model([Piece(text: "a", score: .nan)])) }
    #expect(throws: TokenizerError.self) { try SentencePieceFile(model([Piece(text: "a", kind: 9)])) }
  }

  @Test func `a file cut off anywhere is an error or a shorter one`() {
    let whole = model(letters)
    for count in whole.indices {
      if let file = try? SentencePieceFile(Array(whole.prefix(count))) {
        #expect(file.pieces.count <= letters.count)
      }
    }
  }

  @Test(
    arguments: [
      [], [1, 0, 0, 0], [4, 0, 0, 0, 9, 9, 9, 9], [255, 255, 255, 255, 0, 0], [4, 0, 0, 0, 1, 2, 3, 4, 65],
    ] as [[UInt8]])
  func `a table of replacements whose sizes are wrong is an error`(_ blob: [UInt8]) {
    #expect(throws: TokenizerError.self) { try PrecompiledCharsmap(blob[...]) }
  }

  @Test func `a table that points out of itself replaces nothing`() throws {
    let blob: [UInt8] = [8, 0, 0, 0] + [0xFF, 0xFF, 0xFF, 0x7F] + [0x61, 0xFF, 0xFF, 0x7F] + [65, 0]
    let table = try PrecompiledCharsmap(blob[...])
    let text: [UInt8] = [0x61, 0x62]
    #expect(table.replacement(at: 0, in: text.span) == nil)
  }
}
