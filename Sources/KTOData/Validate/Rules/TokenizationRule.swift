internal import KTOCore

/// What only a model's own tokenizer shows: E02 for completions of zero tokens, E03 for prompts that fill the
/// sequence, E05 for prompts whose tokens change when the completion follows, E06 for doubled BOS and lost EOS.
///
/// Rows are judged by the tokenization that `prepare` runs, so the two never disagree.
struct TokenizationRule: ValidationRule {
  private let tokenizer: RowTokenizer
  private var tooLong = ClassBalance()

  init(_ tokenizer: any ConversationTokenizer, maxLength: Int) {
    self.tokenizer = RowTokenizer(tokenizer: tokenizer, maxLength: maxLength)
  }

  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    let found = tokenizer.tokenize(example).findings
    if found.contains(where: { $0.code == "E03" }) { tooLong.add(example.label) }
    findings.add(found)
  }

  mutating func finish(_ findings: inout RuleFindings) {
    guard tooLong.desirable + tooLong.undesirable > 0 else { return }
    findings.warn(
      "W01",
      "prompts that are too long take \(tooLong.desirable) desirable and \(tooLong.undesirable) "
        + "undesirable examples out of the balance")
  }
}
