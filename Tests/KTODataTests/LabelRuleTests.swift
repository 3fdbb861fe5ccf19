import KTOCore
import Testing

@testable import KTOData

/// An example with the least that checks need.
func example(
  _ signals: Signal..., label: Bool? = nil, prompt: String = "q", completion: String = "r",
  number: Int = 1
) -> Example {
  let messages = [Message(role: "user", content: prompt)]
  return Example(
    id: "e\(number)", prompt: messages, completion: [Message(role: "assistant", content: completion)],
    label: label, group: "g \(prompt)", source: Source(file: "data.jsonl", line: number, byteOffset: 0),
    signals: signals)
}

struct LabelRuleTests {
  private func verdict(_ signals: Signal..., change: (inout LabelConfiguration) -> Void = { _ in })
    -> LabelVerdict
  {
    var configuration = LabelConfiguration()
    change(&configuration)
    return Labeller(configuration).judge(signals)
  }

  @Test func `auto takes a thumb, a side of a pair, or a score`() {
    #expect(verdict(.field(false)) == .undesirable)
    #expect(verdict(.pair(true)) == .desirable)
    #expect(verdict(.score(3, isAccepted: false)) == .desirable)
    #expect(verdict(.score(-1, isAccepted: false)) == .undesirable)
  }

  @Test func `an accepted answer is desirable whatever its score`() {
    #expect(verdict(.score(0, isAccepted: true)) == .desirable)
  }

  @Test func `a score between the limits is dropped with its reason`() {
    #expect(verdict(.score(0, isAccepted: false)) == .dropped(.betweenScores))
  }

  @Test func `a score between the limits is an error where it may not be dropped`() {
    let verdict = verdict(.score(1, isAccepted: false)) { $0.dropBetween = false }
    guard case .refused(let message, _) = verdict else {
      Issue.record("not refused")
      return
    }
    #expect(message == "a score of 1.0 is neither at least 3.0 nor below 0.0")
  }

  @Test func `a chosen evidence leaves the others alone`() {
    #expect(verdict(.pair(true)) { $0.from = "thumbs" } == .dropped(.unlabelled))
    #expect(verdict(.field(true)) { $0.from = "score" } == .dropped(.unlabelled))
  }

  @Test func `nothing to go by is dropped as unlabelled`() {
    #expect(verdict() == .dropped(.unlabelled))
  }

  @Test func `a tie is dropped whatever the scores of its sides are`() {
    #expect(verdict(.tie, .score(8, isAccepted: false)) == .dropped(.tie))
  }

  @Test func `thumbs that contradict one another have no verdict`() {
    #expect(verdict(.field(true), .field(false)) == .disagreeing(0, 1))
  }

  @Test func `a score beyond a limit contradicts a thumb, one between the limits does not`() {
    #expect(verdict(.field(true), .score(-2, isAccepted: false)) == .disagreeing(0, 1))
    #expect(verdict(.field(true), .score(1, isAccepted: false)) == .desirable)
  }

  @Test func `the side of a pair stands against the limits of scores`() {
    #expect(verdict(.pair(true), .score(-1, isAccepted: false)) == .desirable)
  }
}
