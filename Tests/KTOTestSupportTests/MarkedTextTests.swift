import KTOCore
import Testing

@testable import KTOTestSupport

private func finding(_ code: String, _ line: Int, _ column: Int, _ message: String) -> Diagnostic {
  Diagnostic(
    makeCode(code), at: SourceLocation(file: "f", byteOffset: 0, line: line, column: column),
    message: message)
}

private func makeCode(_ id: String) -> Code { Code(id, .error, "a", why: "B.", example: "c", remedy: "D.") }

struct MarkedTextTests {
  @Test func `marks are taken out of the text and give their places in bytes`() throws {
    let marked = try MarkedText("a\né⟦E01: is bad⟧x⟦E02:⟧⟦E03:c⟧\n⟦E04: ⟧")
    #expect(marked.text == "a\néx\n")
    #expect(
      marked.expected == [
        ExpectedFinding(code: "E01", place: .init(line: 2, column: 3), messagePart: "is bad"),
        ExpectedFinding(code: "E02", place: .init(line: 2, column: 4), messagePart: ""),
        ExpectedFinding(code: "E03", place: .init(line: 2, column: 4), messagePart: "c"),
        ExpectedFinding(code: "E04", place: .init(line: 3, column: 1), messagePart: ""),
      ])
  }

  @Test func `findings that agree have no differences, whatever their order`() throws {
    let marked = try MarkedText("⟦E01: one⟧a⟦E02: two⟧b")
    #expect(
      marked.differences(from: [finding("E02", 1, 2, "two things"), finding("E01", 1, 1, "one")]) == [])
  }

  @Test func `of two findings at one place each mark takes its own`() throws {
    let marked = try MarkedText("⟦E01:⟧⟦E01: b⟧x")
    #expect(marked.differences(from: [finding("E01", 1, 1, "a"), finding("E01", 1, 1, "b")]) == [])
    #expect(marked.differences(from: [finding("E01", 1, 1, "b"), finding("E01", 1, 1, "a")]) == [])
  }

  @Test func `a finding about the whole has no line`() throws {
    let marked = try MarkedText("a: 1⟦C04*: is missing⟧")
    let whole = Diagnostic(makeCode("C04"), at: .whole("f"), message: "b is missing")
    #expect(marked.differences(from: [whole]) == [])
    #expect(
      marked.differences(from: []) == ["C04 about the whole is missing: \"is missing\""])
  }

  @Test func `what is missing, what says something else and what is not expected are told apart`() throws {
    let marked = try MarkedText("⟦E01: one⟧a⟦E02: two⟧b")
    #expect(
      marked.differences(from: [finding("E01", 1, 1, "other"), finding("E02", 2, 2, "two")]) == [
        "E01 at 1:1 says \"other\", which lacks \"one\"", "E02 at 1:2 is missing: \"two\"",
        "E02 at 2:2 is not expected: \"two\"",
      ])
  }

  @Test(arguments: ["a⟦E01", "a⟦E01⟧"])
  func `a mark without an end or a code is refused`(_ text: String) {
    #expect(throws: MarkedText.Malformed(mark: String(text.dropFirst()))) { try MarkedText(text) }
  }
}
