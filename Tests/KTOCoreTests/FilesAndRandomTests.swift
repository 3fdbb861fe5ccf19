import KTOTestSupport
import Testing

@testable import KTOCore

struct FilesAndRandomTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a file that is not committed leaves nothing behind`() throws {
    do {
      var file = try AtomicFile(path: folder.path("a"))
      try file.write("half")
    }
    #expect(try folder.names == [])
  }

  @Test func `an existing file is replaced only by force`() throws {
    try writeFile(folder.path("a"), Array("one".utf8))
    #expect(throws: FileError.exists(path: folder.path("a"))) {
      try writeFile(folder.path("a"), Array("two".utf8))
    }
    try writeFile(folder.path("a"), Array("two".utf8), force: true)
    #expect(try readFile(folder.path("a")) == Array("two".utf8))
  }

  @Test func `what a killed run left of a file goes when the file is written, what others write stays`()
    throws
  {
    let living = try AtomicFile(path: folder.path("a"))
    let names = try folder.names
    for name in ["b.partial-17", "b.partial-x", "c.partial-17"] { try folder.write([1], to: name) }
    try writeFile(folder.path("b"), [2])
    try writeFile(folder.path("a"), [2])
    #expect(try folder.names == (["a", "b", "b.partial-x", "c.partial-17"]).sorted())
    #expect(names.count == 1)
    _ = consume living
  }

  @Test func `the generator gives the published sequence of xoshiro256**`() {
    var generator = SeededGenerator(state: (1, 2, 3, 4))
    #expect(
      (0..<5).map { _ in generator.next() } == [
        11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      ])
  }

  @Test func `a shuffle is a permutation fixed by its seed`() {
    var a = SeededGenerator(seed: 7)
    var b = SeededGenerator(seed: 7)
    let first = Array(0..<100).shuffled(by: &a)
    #expect(first == Array(0..<100).shuffled(by: &b))
    #expect(first.sorted() == Array(0..<100) && first != Array(0..<100))
  }

  @Test func `SHA-256 of the empty input and of "abc" are the standard's`() {
    #expect(SHA256.hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hash(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func `an excerpt escapes what could hide or move text`() {
    #expect(excerpt("a\u{1B}[2J\u{202E}b\n") == "a\\u{1b}[2J\\u{202e}b\\n")
    #expect(excerpt("abcdef", limit: 3) == "abc…")
  }
}
