import KTOCore
import Testing

@testable import KTOData

@Suite struct InspectTests {
  private func row(_ prompt: String, _ completion: String, label: Bool = true) -> InspectedRow {
    let example = TokenizedExample(
      id: "i", group: "g", label: label, promptIDs: prompt.utf8.map { UInt32($0) },
      completionIDs: completion.utf8.map { UInt32($0) })
    return InspectedRow(split: "train", index: 3, example: example) { [UInt8(truncatingIfNeeded: $0)] }
  }

  @Test func `tokens that share a character become one piece`() {
    let row = row("a", "ü😀b")
    #expect(row.pieces.map(\.text) == ["a", "ü", "😀", "b"])
    #expect(row.pieces.map(\.ids.count) == [1, 2, 4, 1])
    #expect(row.pieces.map(\.isCompletion) == [false, true, true, true])
  }

  @Test func `a character cut by the border of the mask is shown as damaged, not lost`() {
    let bytes = Array("ü".utf8)
    let example = TokenizedExample(
      id: "i", group: "g", label: true, promptIDs: [UInt32(bytes[0])], completionIDs: [UInt32(bytes[1])])
    let row = InspectedRow(split: "train", index: 0, example: example) { [UInt8(truncatingIfNeeded: $0)] }
    #expect(row.pieces.map(\.text) == ["\u{FFFD}", "\u{FFFD}"])
  }

  @Test func `without colour brackets enclose the completion`() {
    let text = row("hi\n", "yes").rendered(colour: false)
    #expect(text.hasSuffix("\nhi↵\n⟦yes⟧\n"))
    #expect(text.hasPrefix("train[3] i: desirable, 3 prompt tokens, 3 completion tokens, group g"))
  }

  @Test func `with colour the completion is green when desirable and red when not`() {
    #expect(row("", "y").rendered(colour: true).contains("\u{1B}[32my\u{1B}[0m"))
    #expect(row("", "y", label: false).rendered(colour: true).contains("\u{1B}[31my\u{1B}[0m"))
  }

  @Test func `text of the data cannot control the terminal`() {
    let text = row("\u{1B}[2J", "a\u{202E}b").rendered(colour: false)
    #expect(!text.contains("\u{1B}"))
    #expect(!text.unicodeScalars.contains("\u{202E}"))
    #expect(text.contains("\\u{1b}"))
  }

  @Test func `the table has every token once`() {
    let lines = row("ab", "ü").tokenTable().split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[3] == "2\tcompletion\t195+188\tü")
  }
}
