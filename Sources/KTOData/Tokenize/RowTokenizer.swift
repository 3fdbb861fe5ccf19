package import KTOCore

/// What became of one example when it was tokenized.
package struct TokenizedOutcome: Sendable {
  /// Nil where nothing of the example can be trained on: `findings` says why. The id is the example's.
  package var row: TokenizedExample?
  /// What the row's tokens are known by; nil where there are none.
  package var keys: TokenKeys?
  /// Whether prompt and completion are longer than `maxLength`, so that training cuts them.
  package var isTruncated = false
  /// What the chat template did not write.
  package var omissions: [TemplateOmission] = []
  package var findings: [Diagnostic] = []
}

/// Turns a labelled example into the token ids of prompt and completion, as TRL 1.16 does for chat rows.
///
/// The prompt with the generation prompt, and prompt and completion together, are each rendered whole; the
/// prompt's tokens are those they share from the start.
///
/// Of a completion the first `maxLength` tokens stay, not only those that fit behind its own prompt: KTO sets
/// it behind another row's prompt too, which may be shorter, and each of the two sequences is cut by itself.
package struct RowTokenizer: Sendable {
  private var tokenizer: any ConversationTokenizer
  private let maxLength: Int
  /// EOS and the white space with which the template ends an assistant's turn; nil where it ends none so.
  private let turnEnd: [UInt32]?

  package init(tokenizer: any ConversationTokenizer, maxLength: Int) {
    self.tokenizer = tokenizer
    self.maxLength = maxLength
    turnEnd = Self.turnEnd(tokenizer)
  }

  func forOneThread() -> RowTokenizer {
    var copy = self
    copy.tokenizer = tokenizer.forOneThread()
    return copy
  }

  /// Whether the template ends an assistant's turn with EOS, so that a row without it has lost it.
  package var endsTurnsWithEOS: Bool { turnEnd != nil }

  /// Tries the template on a small conversation.
  private static func turnEnd(_ tokenizer: any ConversationTokenizer) -> [UInt32]? {
    let probe = JSONValue.items([
      Message(role: "user", content: "a").json(), Message(role: "assistant", content: "b").json(),
    ])
    guard let eos = tokenizer.eosID,
      let text = try? tokenizer.render(messages: probe, tools: nil, addGenerationPrompt: false),
      let ids = try? tokenizer.encode(rendered: text), let place = ids.lastIndex(of: eos),
      let end = text.lastIndex(where: { !$0.isWhitespace }),
      let trimmed = try? tokenizer.encode(rendered: String(text[...end])), trimmed.last == eos
    else { return nil }
    return Array(ids[place...])
  }

  package func tokenize(_ example: Example) -> TokenizedOutcome {
    var outcome = TokenizedOutcome()
    func find(_ code: Code, _ message: String, hint: String? = nil) {
      outcome.findings.append(
        Diagnostic(
          code, at: example.source.location, pointer: example.source.pointer, message: message, hint: hint))
    }
    let prompt: [UInt32]
    let full: [UInt32]
    do {
      let text = try rendered(example.prompt + example.completion, example.tools)
      prompt = try tokenizer.encode(
        rendered: try rendered(example.prompt, example.tools, addGenerationPrompt: true))
      full = try tokenizer.encode(rendered: text)
      outcome.omissions = omissions(of: example, in: text)
    } catch {
      find(
        .templateRefuses,
        "the chat template does not take this conversation: \(excerpt("\(error)", limit: 200))")
      return outcome
    }

    for (part, messages) in [("prompt", example.prompt), ("completion", example.completion)] {
      guard let token = messages.lazy.compactMap({ tokenizer.controlToken(in: $0.content) }).first else {
        continue
      }
      find(
        SpecialTokenCheck.controlToken,
        "\"\(excerpt(token.text))\" in the \(part) is a control token of this tokenizer and becomes id \(token.id)",
        hint: "remove it, unless it is meant to end or begin a turn there")
    }

    var shared = 0
    while shared < prompt.count, shared < full.count, prompt[shared] == full[shared] { shared += 1 }
    if shared < prompt.count {
      find(
        .unstablePrompt,
        "the prompt's \(prompt.count) tokens are not the first of prompt and completion: "
          + "they part after \(shared)",
        hint: "where E05 is allowed, the row is cut where they part")
    }
    if let bos = tokenizer.bosID, full.count > 1, full[0] == bos, full[1] == bos,
      tokenizer.bosID != tokenizer.eosID
    {
      find(
        .wrongBorder, "the conversation begins with BOS twice",
        hint: "the chat template and the content both add it"
      )
    }
    guard shared < maxLength else {
      find(
        .promptTooLong,
        "the prompt has \(shared) tokens; with max_length \(maxLength) nothing of the completion is left",
        hint: "raise max_seq_length; where E03 is allowed, the row is left out")
      return outcome
    }
    let completion = full[shared...]
    guard !completion.isEmpty else {
      find(.emptySide, "the completion has no tokens")
      return outcome
    }
    if let turnEnd, completion.elementsEqual(turnEnd) {
      find(
        .emptySide, "the chat template writes nothing of the completion but the end of its turn",
        hint: outcome.omissions.contains(.completionCalls)
          ? "it is tool calls alone, which this template leaves out" : nil)
      return outcome
    }
    if let turnEnd, !completion.suffix(turnEnd.count).elementsEqual(turnEnd),
      !Self.ends(completion, with: turnEnd[0], tokenizer)
    {
      find(.wrongBorder, "the completion does not end with EOS, as the chat template's turns do")
    }
    outcome.isTruncated = full.count > maxLength
    outcome.row = TokenizedExample(
      id: example.id, group: example.group, label: example.label ?? false, promptIDs: Array(full[..<shared]),
      completionIDs: Array(full[shared..<min(full.count, shared + maxLength)]), weight: example.weight)
    outcome.keys = outcome.row.map {
      TokenKeys(prompt: $0.promptIDs, completion: $0.completionIDs, maxLength: maxLength)
    }
    return outcome
  }

  /// The text of a conversation. Arguments of calls reach the template as objects; as the text that they are in the
  /// source where the template can do nothing with objects.
  func rendered(_ messages: [Message], _ tools: JSONValue?, addGenerationPrompt: Bool = false) throws
    -> String
  {
    func text(argumentsAreObjects: Bool) throws -> String {
      try tokenizer.render(
        messages: messages.templateValue(argumentsAreObjects: argumentsAreObjects), tools: tools,
        addGenerationPrompt: addGenerationPrompt)
    }
    do {
      return try text(argumentsAreObjects: true)
    } catch  where messages.haveArgumentTexts {
      return try text(argumentsAreObjects: false)
    }
  }

  /// Whether the ids end with EOS, nothing but white space after it.
  private static func ends(
    _ ids: ArraySlice<UInt32>, with eos: UInt32, _ tokenizer: any ConversationTokenizer
  ) -> Bool {
    for id in ids.reversed().prefix(8) {
      if id == eos { return true }
      let isSpace = tokenizer.bytes(of: [id]).allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
      guard isSpace else { return false }
    }
    return false
  }
}
