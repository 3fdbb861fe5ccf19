import Glibc
import KTOCore
import KTOTokenizer
import Testing

struct EncodingSessionTests {
  /// Documents of no bytes up to some windows of the scanner, cut out of the goldens' texts.
  private func documents(_ name: String) throws -> [[UInt8]] {
    let texts = try Fixtures.goldens(name).map(\.text)
    var random = SeededGenerator(seed: 21)
    let sizes = [0, 1, 5, 60, 500, 3000, 6000, 40_000]
    return (0..<120).map { number in
      let size = number < 60 ? 100 : sizes.randomElement(using: &random) ?? 0
      var document: [UInt8] = []
      while document.count < size { document += Array((texts.randomElement(using: &random) ?? "a").utf8) }
      return document
    }
  }

  @Test(arguments: Fixtures.names, [true, false])
  func `documents have the ids of each alone`(_ name: String, _ addSpecialTokens: Bool) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    let session = EncodingSession(tokenizer)
    let documents = try documents(name)
    var ends: [Int] = []
    var ids: [UInt32] = []
    for document in documents {
      try session.add(document.span, addSpecialTokens: addSpecialTokens)
      ids += try tokenizer.encodeWithOffsets(bytes: document, addSpecialTokens: addSpecialTokens).ids
      ends.append(ids.count)
    }
    session.finish()
    #expect(session.documents.ids == ids)
    #expect(session.documents.ends == ends)
  }

  @Test(arguments: Fixtures.names)
  func `long runs have the same ids when they come again, alone or before a word`(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    let session = EncodingSession(tokenizer)
    var ids: [UInt32] = []
    for run in ["a", " ", "\n", "é", "."] {
      let run = String(repeating: run, count: 20_000)
      for text in [run + "b", run, run + "b", run] {
        try session.add(text.utf8Span.span, addSpecialTokens: false)
        ids += try tokenizer.encodeWithOffsets(bytes: Array(text.utf8), addSpecialTokens: false).ids
      }
    }
    session.finish()
    #expect(session.documents.ids == ids)
  }

  @Test func `a document that is not UTF-8 has no ids, and those around it have theirs`() throws {
    let tokenizer = try Fixtures.tokenizer("gpt2")
    let session = EncodingSession(tokenizer)
    let text = Array("so it is".utf8)
    try session.add(text.span, addSpecialTokens: false)
    #expect(throws: TokenizerError.invalidUTF8(offset: 8)) {
      try session.add((text + [0xFF]).span, addSpecialTokens: false)
    }
    try session.add(text.span, addSpecialTokens: false)
    session.finish()
    let ids = try tokenizer.encode(bytes: text, addSpecialTokens: false)
    #expect(session.documents.ids == ids + ids)
    #expect(session.documents.ends == [ids.count, ids.count, 2 * ids.count])
  }

  @Test func `a text whose places 32 bits cannot count is an error`() throws {
    let tokenizer = try Fixtures.tokenizer("gpt2")
    let count = 1 << 31
    // Nothing reads it, so that it need not be memory.
    let text = try unsafe #require(
      mmap(nil, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
    defer { unsafe munmap(text, count) }
    let bytes = unsafe UnsafeBufferPointer(start: text.assumingMemoryBound(to: UInt8.self), count: count)
    var ids: [UInt32] = []
    #expect(throws: TokenizerError.textTooLong(limit: count - 1)) {
      try unsafe tokenizer.encode(bytes.span, addSpecialTokens: false, into: &ids)
    }
  }

  @Test func `a session begins anew when its documents are removed`() throws {
    let tokenizer = try Fixtures.tokenizer("gpt2")
    let session = EncodingSession(tokenizer)
    let text = Array("so it is".utf8)
    try session.add(text.span, addSpecialTokens: false)
    session.removeAll()
    try session.add(text.span, addSpecialTokens: false)
    session.finish()
    #expect(try session.documents.ids == tokenizer.encode(bytes: text, addSpecialTokens: false))
    #expect(session.documents.ends.count == 1)
  }
}
