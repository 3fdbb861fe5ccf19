import KTOCore
import Testing

@testable import KTOData

/// Refusals (W05), echoes (W08), and prompts that come too often (W22).
struct AnswerCheckTests {
  private func isRefusal(_ text: String) -> Bool { Refusals.beginsWithRefusal(text.utf8.span) }

  @Test(arguments: [
    "I'm sorry, but I can't help with that.", "I’m sorry, but I cannot do it.",
    "As an AI language model, I have no body.",
    "  Sorry, I am unable to browse the internet.", "Unfortunately, as a language model I…",
    "I cannot provide that.",
    "Es tut mir leid, aber ich kann dir dabei nicht helfen.", "Je suis désolé, mais je ne peux pas répondre.",
    "Lo siento, pero no puedo ayudarte.", "I'M SORRY. I CAN'T DO THAT",
  ])
  func `what refuses or disclaims at its beginning is a refusal`(text: String) { #expect(isRefusal(text)) }

  @Test(arguments: [
    "", "I'm sorry to hear that you're sad.", "I can't wait to see it!",
    "I apologize for the confusion. Here it is:",
    "The reply was: I'm sorry, but I can't.", "Sorry Jane, we are closed today.", "I cannot helpfully",
    "Désolée",
  ])
  func `an apology or a story is none`(text: String) { #expect(!isRefusal(text)) }

  /// 100 examples, 50 of each label, of which the first of each refuse.
  private func refusals(desirable: Int, undesirable: Int) -> [Diagnostic] {
    var set = CheckedSet()
    for number in 0..<100 {
      let isDesirable = number % 2 == 0
      let refuses = number / 2 < (isDesirable ? desirable : undesirable)
      let text =
        refuses ? "I'm sorry, but I can't do number \(number)." : "Gladly, this here is the answer \(number)."
      _ = set.check(
        example(label: isDesirable, prompt: "question \(number)", completion: text, number: number))
    }
    return set.finish()
  }

  @Test func `refusals that mostly have one label are W05 with their counts`() {
    let findings = refusals(desirable: 1, undesirable: 20)
    #expect(findings.map(\.code) == ["W05"])
    #expect(
      findings.first?.message
        == "refusals are mostly undesirable: 1 of 50 desirable answers refuse or disclaim (2.0%), 20 of 50 undesirable "
        + "ones (40.0%)")
  }

  @Test(arguments: [(0, 9), (10, 12), (44, 50), (0, 0)])
  func `few refusals, or a small difference, are not W05`(desirable: Int, undesirable: Int) {
    #expect(refusals(desirable: desirable, undesirable: undesirable).isEmpty)
  }

  // MARK: - W08

  private static let question = "What does a hash table do when two keys fall into one slot?"

  private func findings(prompt: String, completion: String) -> [String] {
    var set = CheckedSet()
    return set.check(example(label: true, prompt: prompt, completion: completion)).map(\.message)
  }

  @Test(arguments: [
    question + " It chains them.", "> " + question + "\n\nIt chains them.",
    "What does a hash table do when two keys\nfall into one slot? Chains.",
  ])
  func `an answer that begins with the prompt is W08`(completion: String) {
    #expect(
      findings(prompt: Self.question + "\n", completion: completion)
        == ["the completion begins with the whole of the prompt's last turn"])
  }

  @Test func `an answer that is the prompt alone is W08`() {
    #expect(
      findings(prompt: Self.question, completion: Self.question)
        == ["the completion is the prompt's last turn once more"])
  }

  @Test func `an answer that begins with the system message is W08`() {
    let system = "You are a helpful assistant who answers briefly and in English."
    var row = example(label: true, prompt: "Hi", completion: system + "\nHi\nHello!")
    row.prompt.insert(Message(role: "system", content: system), at: 0)
    var set = CheckedSet()
    #expect(
      set.check(row).map(\.message) == ["the completion begins with the whole of the prompt's first message"])
  }

  @Test func `a short prompt, a part of one and a quote further on are not W08`() {
    #expect(findings(prompt: "Hello there!", completion: "Hello there!").isEmpty)
    #expect(
      findings(prompt: Self.question, completion: "What does a hash table do when two keys differ?").isEmpty)
    #expect(findings(prompt: Self.question, completion: "You ask: " + Self.question).isEmpty)
    let unfinished = "The phase in which the heart relaxes between beats is known as"
    #expect(findings(prompt: unfinished, completion: unfinished + " diastole.").isEmpty)
    #expect(findings(prompt: unfinished, completion: unfinished + ": a guide").isEmpty)
    #expect(findings(prompt: String(repeating: " ", count: 50), completion: Self.question).isEmpty)
  }

  // MARK: - W22

  /// The findings about a set in which one prompt, written in two ways, is among others.
  private func dominated(_ count: Int, of total: Int) -> [Diagnostic] {
    var set = CheckedSet()
    for number in 0..<total {
      // Spread over the set.
      let isDominant = (number + 1) * count / total > number * count / total
      let prompt =
        isDominant ? (number % 2 == 0 ? "Tell me a joke" : "tell me  a joke ") : "question \(number)"
      _ = set.check(
        example(label: number % 3 != 0, prompt: prompt, completion: "answer \(number)", number: number + 1))
    }
    return set.finish().filter { $0.code == "W22" }
  }

  @Test func `a prompt with more than a tenth of the examples is W22`() {
    #expect(
      dominated(30, of: 200).map(\.message) == [
        "30 of 200 examples (15.0%) have one prompt, that of data.jsonl:7"
      ])
  }

  @Test func `a tenth, or fewer than twenty, is not W22`() {
    #expect(dominated(20, of: 200).isEmpty)
    #expect(dominated(19, of: 40).isEmpty)
  }

  @Test func `more prompts than are counted hide none`() {
    let findings = dominated(1_000, of: 5_000)
    #expect(findings.count == 1)
    #expect(findings.first?.message.hasPrefix("at least 99") == true)
  }

  // MARK: - W24

  /// Prompts with a desirable and an undesirable answer, of which so many have the longer one desirable.
  private func pairs(_ count: Int, longer: Int, limits: CheckConfiguration = CheckConfiguration())
    -> [Diagnostic]
  {
    var context = CheckContext()
    context.limits = limits
    var set = CheckedSet(context)
    for number in 0..<count {
      for isDesirable in [true, false] {
        // The lengths of prompts differ far more than those of their answers.
        let base = 20 + number * 13 % 400
        let length = isDesirable == (number < longer) ? base + 5 : base
        _ = set.check(
          example(
            label: isDesirable, prompt: "question \(number)",
            completion: String(repeating: "a", count: length) + " \(number) \(isDesirable ? 1 : 2)",
            number: number))
      }
    }
    return set.finish().filter { $0.code == "W24" }
  }

  @Test func `pairs whose longer answer nearly always wins are W24`() {
    #expect(
      pairs(60, longer: 55).map(\.message) == [
        "of the answers to one prompt the desirable ones are longer in 55 of 60 prompts with both labels (91.7%)"
      ])
    #expect(
      pairs(60, longer: 4).map(\.message).first?.contains("the undesirable ones are longer in 56 of 60")
        == true)
  }

  @Test func `few pairs, or nearly as many of either kind, are not W24`() {
    #expect(pairs(20, longer: 20).isEmpty)
    #expect(pairs(60, longer: 36).isEmpty)
  }

  @Test func `a limit is the configuration's`() {
    var limits = CheckConfiguration()
    limits.innerLengthShare = 0.95
    #expect(pairs(60, longer: 55, limits: limits).isEmpty)
  }
}
