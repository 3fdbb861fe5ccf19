import KTOCore
import KTOHub
import KTOTokenizer
import Testing

extension Conformance {
  /// The truth: `dump_tokens.py`, by tokenizers.
  struct Tokens {
    private func differing(texts: [JSONNode], ids: [JSONNode]) throws -> Int {
      try #require(texts.count == ids.count)
      let tokenizer = try Tokenizer(tokenizerJSON: Oracles.path("smollm2/tokenizer.json"))
      var count = 0
      for (line, expected) in zip(texts, ids) {
        let text = try #require(line["text"]?.string)
        let ours = try tokenizer.encode(text, addSpecialTokens: false)
        let theirs = try #require(expected["ids"]).tokens
        if ours != theirs { count += 1 }
        #expect(ours == theirs, "\(text.debugDescription)")
      }
      return count
    }

    @Test func `random Unicode has the ids of tokenizers`() throws {
      let lines = try Oracles.lines("rows/random_tokens.jsonl")
      #expect(lines.count >= 2000)
      Oracles.report(
        "random strings with other ids: \(try differing(texts: lines, ids: lines)) of \(lines.count)")
    }

    @Test func `conversation texts have the ids of tokenizers`() throws {
      let texts = try Oracles.lines("rows/text.jsonl")
      #expect(texts.count >= 3000)
      let count = try differing(texts: texts, ids: Oracles.lines("rows/text_tokens.jsonl"))
      Oracles.report("conversation texts with other ids: \(count) of \(texts.count)")
    }

    @Test func `conversations are rendered and tokenized as by transformers`() throws {
      let rows = try Oracles.lines("rows/rows.jsonl")
      let texts = try Oracles.lines("rows/templates.jsonl")
      let ids = try Oracles.lines("rows/row_tokens.jsonl")
      try #require(rows.count == texts.count && rows.count == ids.count && !rows.isEmpty)
      let model = try ModelTokenizer(
        folder: ModelFolder(path: Oracles.path("smollm2"), name: "smollm2", revision: "main", commit: nil))
      for index in rows.indices {
        let prompt = try #require(rows[index]["prompt"]?.array)
        let completion = try #require(rows[index]["completion"]?.array)
        let whole = JSONValue.array(prompt + completion)
        let text = try model.render(messages: whole, tools: nil, addGenerationPrompt: false)
        #expect(text == texts[index]["text"]?.string)
        let promptIDs = try #require(ids[index]["prompt_ids"]).tokens
        let completionIDs = try #require(ids[index]["completion_ids"]).tokens
        let allIDs = try model.encode(chat: whole, addGenerationPrompt: false)
        #expect(allIDs == promptIDs + completionIDs)
        let ourPromptIDs = try model.encode(chat: .array(prompt), addGenerationPrompt: true)
        #expect(ourPromptIDs == promptIDs)
      }
      Oracles.report("conversations with the text and ids of transformers: all \(rows.count)")
    }
  }
}
