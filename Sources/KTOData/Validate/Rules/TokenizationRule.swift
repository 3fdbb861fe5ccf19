internal import KTOCore

/// How a row becomes tokens, for the checks that need a tokenizer.
package struct RowTokenization: Sendable {
  /// Tokens of the prompt with the generation prompt.
  package var prompt: @Sendable (Example) throws -> [UInt32]
  /// Tokens of prompt and completion together.
  package var whole: @Sendable (Example) throws -> [UInt32]
  package var bosID: UInt32?
  /// The token that ends a turn.
  package var endID: UInt32?
  /// Prompt tokens must stay below this.
  package var maxLength: Int

  package init(
    maxLength: Int, bosID: UInt32? = nil, endID: UInt32? = nil,
    prompt: @escaping @Sendable (Example) throws -> [UInt32],
    whole: @escaping @Sendable (Example) throws -> [UInt32]
  ) {
    self.maxLength = maxLength
    self.bosID = bosID
    self.endID = endID
    self.prompt = prompt
    self.whole = whole
  }
}

/// E02 for completions of zero tokens, E03 for prompts that fill the sequence, E05 for prompts whose tokens
/// change when the completion follows, E06 for doubled BOS and missing ends of turns. One tokenization a row
/// serves all four.
struct TokenizationRule: ValidationRule {
  private let tokenization: RowTokenization
  private var tooLong = ClassBalance()

  init(_ tokenization: RowTokenization) { self.tokenization = tokenization }

  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    let prompt: [UInt32]
    let whole: [UInt32]
    do {
      prompt = try tokenization.prompt(example)
      whole = try tokenization.whole(example)
    } catch {
      return findings.error(
        "E05", "the chat template cannot render the row: \(excerpt("\(error)", limit: 200))")
    }
    if prompt.count >= tokenization.maxLength {
      tooLong.add(example.label)
      findings.error(
        "E03", "the prompt has \(prompt.count) tokens, the sequence at most \(tokenization.maxLength)",
        hint: "shorten the prompt, or raise model.max_seq_length")
    }
    if !whole.starts(with: prompt) {
      let same = zip(whole, prompt).prefix { $0 == $1 }.count
      findings.error(
        "E05", "the prompt's tokens change at token \(same) of \(prompt.count) when the completion follows")
    } else if whole.count == prompt.count {
      findings.error("E02", "the completion has no tokens")
    }
    if let bos = tokenization.bosID, whole.count > 1, whole[0] == bos, whole[1] == bos {
      findings.error("E06", "the sequence begins with two BOS tokens")
    }
    if let end = tokenization.endID, whole.starts(with: prompt), !whole[prompt.count...].contains(end) {
      findings.error("E06", "the completion has no token that ends the turn")
    }
  }

  mutating func finish(_ findings: inout RuleFindings) {
    guard tooLong.desirable + tooLong.undesirable > 0 else { return }
    findings.warn(
      "W01",
      "prompts that are too long take \(tooLong.desirable) desirable and \(tooLong.undesirable) "
        + "undesirable examples out of the balance")
  }
}
