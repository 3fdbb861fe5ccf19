package import KTOCore

/// What the checks need to know beside the examples.
package struct ValidationOptions: Sendable {
  /// Class weights of the loss (λ_D, λ_U), which W01 compares with the class counts.
  package var desirableWeight = 1.0
  package var undesirableWeight = 1.0
  /// The model's tokenizer; nil leaves out E03, E05, E06 and completions of zero tokens.
  package var tokenizer: (any ConversationTokenizer)?
  /// Prompt and completion together, in tokens.
  package var maxLength = Int.max

  package init(
    desirableWeight: Double = 1, undesirableWeight: Double = 1,
    tokenizer: (any ConversationTokenizer)? = nil, maxLength: Int = .max
  ) {
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
    self.tokenizer = tokenizer
    self.maxLength = maxLength
  }
}

/// Checks labelled examples one by one and as a set; nothing stops it, every finding is collected.
///
/// Memory is about 32 bytes an example, for finding repetitions and contradictions.
package struct Validator: Sendable {
  private var rules: [any ValidationRule]

  package init(_ options: ValidationOptions = ValidationOptions()) {
    rules = [EmptyCompletionRule(), RoleOrderRule(), RepetitionRule()]
    if let tokenizer = options.tokenizer {
      rules.append(TokenizationRule(tokenizer, maxLength: options.maxLength))
    }
    rules += [
      OneClassRule(),
      ClassWeightRule(
        desirableWeight: options.desirableWeight, undesirableWeight: options.undesirableWeight),
      LengthShortcutRule(), TruncationRule(), EncodingRule(), SpecialTokenRule(), LabelRunRule(),
    ]
  }

  /// What is wrong with one labelled example.
  package mutating func check(_ example: Example) -> [Diagnostic] {
    var findings = RuleFindings(source: example.source)
    for index in rules.indices where !(type(of: rules[index]).takesOnlySound && findings.hasError) {
      rules[index].check(example, &findings)
    }
    return findings.diagnostics
  }

  /// What is wrong with all of them together. Call once, last.
  package mutating func finish() -> [Diagnostic] {
    var findings = RuleFindings()
    for index in rules.indices { rules[index].finish(&findings) }
    return findings.diagnostics
  }
}
