import KTOCore
import KTOData
import Testing

/// An example with the least that checks need.
func example(
  _ signal: Signal = .none, label: Bool? = nil, prompt: String = "q", completion: String = "r",
  number: Int = 1
) -> Example {
  let messages = [Message(role: "user", content: prompt)]
  return Example(
    id: "e\(number)", prompt: messages, completion: [Message(role: "assistant", content: completion)],
    label: label, group: promptGroup(messages),
    source: Source(file: "data.jsonl", line: number, byteOffset: 0), signal: signal)
}

struct LabelRuleTests {
  private func outcome(_ signal: Signal, _ rule: LabelRule = LabelRule()) -> Bool? {
    if case .labelled(let labelled) = rule.label(example(signal)) { labelled.label } else { nil }
  }

  @Test func `auto takes a thumb, a side of a pair, or a score`() {
    #expect(outcome(.field(false)) == false)
    #expect(outcome(.pair(true)) == true)
    #expect(outcome(.score(3, isAccepted: false)) == true)
    #expect(outcome(.score(-1, isAccepted: false)) == false)
  }

  @Test func `an accepted answer is desirable whatever its score`() {
    #expect(outcome(.score(0, isAccepted: true)) == true)
  }

  @Test func `a score between the limits is dropped with its reason`() {
    #expect(LabelRule().label(example(.score(0, isAccepted: false))) == .dropped(.betweenScores))
  }

  @Test func `a score between the limits is an error where it may not be dropped`() {
    let rule = LabelRule(dropBetween: false)
    guard case .rejected(let diagnostic) = rule.label(example(.score(1, isAccepted: false))) else {
      Issue.record("not rejected")
      return
    }
    #expect(diagnostic.code == "E01")
  }

  @Test func `a chosen evidence leaves the others alone`() {
    #expect(LabelRule(source: .field).label(example(.pair(true))) == .dropped(.unlabelled))
    #expect(LabelRule(source: .score).label(example(.field(true))) == .dropped(.unlabelled))
  }

  @Test func `a label that is there already stays`() {
    let given = example(.score(9, isAccepted: true), label: false)
    #expect(LabelRule().label(given) == .labelled(given))
  }

  @Test func `nothing to go by is dropped as unlabelled`() {
    #expect(LabelRule().label(example()) == .dropped(.unlabelled))
  }
}
