package import KTOCore

/// W04: a completion that looks cut off: an open code fence, an open `<think>`, or a long text that ends in
/// the middle of a sentence.
package struct TruncationCheck: Check {
  package static let codes = [
    Code(
      "W04", .warning, "a completion looks cut off",
      why: "A model that trains on answers without an end learns to stop in the middle.",
      example: #"{"prompt": "Sum two numbers in Swift", "completion": "```swift\nfunc sum(", "label": true}"#,
      remedy: "Fetch the whole answer, or leave the example out; raise the limit of whatever generated it.")
  ]

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    guard let text = row.example.completion.last?.content, let reason = reason(text.utf8.span) else { return }
    findings.find(Self.codes[0], "the completion looks cut off: \(reason)")
  }

  private func reason(_ text: Span<UInt8>) -> String? {
    let (fences, last) = lines(text)
    if fences % 2 == 1 { return "a code fence stays open" }
    if count(of: Self.opening, in: text) > count(of: Self.closing, in: text) { return "a <think> stays open" }
    guard text.count >= 200 else { return nil }
    // Lines of lists, tables and headings end without a full stop by custom.
    let start = last.first { text[$0] != 0x20 }.map { text[$0] } ?? 0
    guard last.count >= 60, isLetter(start) || start == UInt8(ascii: "\"") else { return nil }
    let end = text.indices.reversed().first { ![0x20, 0x0A, 0x0D].contains(text[$0]) }.map { text[$0] }
    guard let end, end == UInt8(ascii: ",") || isLetter(end) else { return nil }
    return "it ends in the middle of a sentence"
  }

  /// How many lines begin with a code fence, and the last line that is not empty.
  private func lines(_ text: Span<UInt8>) -> (fences: Int, last: Range<Int>) {
    var (fences, last, start) = (0, 0..<0, 0)
    while start < text.count {
      let end = firstIndex(of: 0x0A, in: text, from: start) ?? text.count
      if let first = (start..<end).first(where: { text[$0] != 0x20 }), occurs(Self.fence, in: text, at: first)
      {
        fences += 1
      }
      if start < end { last = start..<end }
      start = end + 1
    }
    return (fences, last)
  }

  private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static let fence = Array("```".utf8)
  private static let opening = Array("<think>".utf8)
  private static let closing = Array("</think>".utf8)
}
