import KTOCore
import Testing

@testable import KTOData

/// The words of answers and their labels (W03).
@Suite struct AnswerShortcutTests {
  private static let words = ["river", "stone", "blue", "seven", "paper", "lamp", "north", "green", "iron", "salt"]

  /// Answers of ten words drawn at random, after a beginning of their class.
  private func findings(
    _ count: Int, beginning: (Bool, Int) -> String, order: ([Int]) -> [Int] = { $0 }
  ) -> [Diagnostic] {
    var set = CheckedSet()
    for number in order(Array(0..<count)) {
      var generator = SeededGenerator(seed: UInt64(number))
      let label = Bool.random(using: &generator)
      let words = (0..<10).map { _ in Self.words.randomElement(using: &generator) ?? "" }
      _ = set.check(
        example(
          label: label, prompt: "question \(number)",
          completion: "\(beginning(label, number)) \(words.joined(separator: " ")) \(number).", number: number))
    }
    return set.finish().filter { $0.code == "W03" }
  }

  @Test func `a word that one class begins with is W03, and is named with its shares`() throws {
    let found = findings(400) { label, _ in label ? "Sure thing," : "Well," }
    let finding = try #require(found.first)
    #expect(found.map(\.code) == ["W03"])
    #expect(finding.message.hasPrefix("the words of an answer tell its label: AUC 1.00, cross-fitted on 400 answers; \""))
    #expect(finding.message.contains("\"sure\" in 100.0% of desirable answers and 0.0% of the others"))
  }

  @Test func `words that say nothing of the label are no finding`() {
    #expect(findings(400) { _, number in number % 2 == 0 ? "Sure thing," : "Well," }.isEmpty)
    #expect(findings(70) { _, _ in "Well," }.isEmpty)
  }

  @Test func `the same examples in another order give the same finding`() {
    let forwards = findings(5000) { label, _ in label ? "Sure," : "Well," }
    let backwards = findings(5000) { label, _ in label ? "Sure," : "Well," } order: { $0.reversed() }
    #expect(forwards == backwards)
    #expect(forwards.first?.message.contains("cross-fitted on 2000 answers") == true)
  }

  @Test func `few answers of a class are not judged`() {
    #expect(findings(50) { label, _ in label ? "Sure thing," : "Well," }.isEmpty)
  }

  @Test func `the area under the curve counts ties half`() {
    #expect(ShortcutModel.areaUnderCurve([(1, true), (1, false)]) == 0.5)
    #expect(ShortcutModel.areaUnderCurve([(2, true), (1, false), (3, true), (2, false)]) == 0.875)
  }

  @Test func `an answer's words are those of its beginning and its end`() {
    var words = AnswerWords()
    let long = (0..<2000).map { "w\($0)" }.joined(separator: " ")
    // 320 words, and 319 pairs of neighbours.
    let features = words.features(of: [Message(role: "assistant", content: long)])
    #expect((630...639).contains(features.count))
    #expect(features == words.features(of: [Message(role: "assistant", content: long.uppercased())]))
  }
}
