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
    guard let text = row.example.completion.last?.content, let reason = reason(Array(text.utf8)) else {
      return
    }
    findings.find(Self.codes[0], "the completion looks cut off: \(reason)")
  }

  private func reason(_ text: [UInt8]) -> String? {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: true)
    let fences = lines.count { $0.drop { $0 == 0x20 }.starts(with: Array("```".utf8)) }
    if fences % 2 == 1 { return "a code fence stays open" }
    if occurrences(of: "<think>", in: text) > occurrences(of: "</think>", in: text) {
      return "a <think> stays open"
    }
    guard text.count >= 200, let lastLine = lines.last else { return nil }
    // Lines of lists, tables and headings end without a full stop by custom.
    let start = lastLine.drop { $0 == 0x20 }.first ?? 0
    guard lastLine.count >= 60, isLetter(start) || start == UInt8(ascii: "\"") else { return nil }
    guard let last = text.last(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }) else { return nil }
    if last == UInt8(ascii: ",") || isLetter(last) { return "it ends in the middle of a sentence" }
    return nil
  }

  private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private func occurrences(of mark: String, in text: [UInt8]) -> Int {
    let mark = Array(mark.utf8)
    var count = 0
    var rest = text[...]
    while let next = rest.firstIndex(of: mark[0]) {
      rest = rest[next...]
      if rest.starts(with: mark) { count += 1 }
      rest = rest.dropFirst()
    }
    return count
  }
}
