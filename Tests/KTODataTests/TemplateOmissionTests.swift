import KTOCore
import Testing

@testable import KTOData

/// A tokenizer of bytes whose template is a function of the test's.
private struct TemplateTokenizer: ConversationTokenizer {
  var bosID: UInt32? { nil }
  var eosID: UInt32? { 0 }
  var tokenizerHash: String { "tokenizer" }
  var templateHash: String? { "template" }
  /// What a message is written as, its end apart.
  var write: @Sendable (JSONNode) throws -> String
  var writesTools = false

  func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) throws -> String {
    guard case .array(let items) = messages else { return "" }
    var text = writesTools ? tools?.jsonText ?? "" : ""
    for item in items { text += "\(item["role"]?.string ?? ""):\(try write(item))\0" }
    return addGenerationPrompt ? text + "assistant:" : text
  }

  func encode(rendered text: String) throws -> [UInt32] { text.utf8.map { UInt32($0) } }
  func bytes(of ids: [UInt32]) -> [UInt8] { ids.map { UInt8(truncatingIfNeeded: $0) } }
  func controlToken(in text: String) -> (text: String, id: UInt32)? {
    text.utf8.contains(0) ? ("\0", 0) : nil
  }
}

struct TemplateOmissionTests {
  private struct Refusal: Error {}

  private static let content: @Sendable (JSONNode) throws -> String = { $0["content"]?.string ?? "" }

  private func example(_ prompt: [Message], _ answer: Message, tools: JSONValue? = nil) -> Example {
    Example(
      id: "e", prompt: prompt, completion: [answer], label: true, group: "g", tools: tools,
      source: Source(file: "f", line: 1, byteOffset: 0))
  }

  private func outcome(_ example: Example, _ tokenizer: TemplateTokenizer) -> TokenizedOutcome {
    RowTokenizer(tokenizer: tokenizer, maxLength: 4096).tokenize(example)
  }

  private let question = Message(role: "user", content: "q")
  private let call = Message(
    role: "assistant", content: "",
    extra: #"{"tool_calls":[{"function":{"name":"f","arguments":"{\"x\": 1}"}}]}"#)

  @Test func `calls and tools that the template does not write are named`() {
    let prompt = [question, call, Message(role: "tool", content: "r")]
    let tools = JSONValue.items([.string("t")])
    let row = example(prompt, Message(role: "assistant", content: "a"), tools: tools)
    #expect(outcome(row, TemplateTokenizer(write: Self.content)).omissions == [.tools, .promptCalls])
    let whole = TemplateTokenizer(
      write: { try Self.content($0) + ($0["tool_calls"]?.value.jsonText ?? "") }, writesTools: true)
    #expect(outcome(row, whole).omissions.isEmpty)
  }

  @Test func `an answer of which the template writes nothing is an error`() {
    let got = outcome(example([question], call), TemplateTokenizer(write: Self.content))
    #expect(got.row == nil)
    #expect(got.findings.map(\.code) == ["E02"])
    #expect(got.findings.first?.hint == "it is tool calls alone, which this template leaves out")
  }

  @Test func `a system message, a tool's result and half an answer that are not written are named`() {
    let tokenizer = TemplateTokenizer { message in
      switch message["role"]?.string {
      case "system", "tool": return ""
      case "assistant": return try String(Self.content(message).prefix(3))
      default: return try Self.content(message)
      }
    }
    let prompt = [
      Message(role: "system", content: "Be brief."), question, Message(role: "tool", content: "r!"),
    ]
    let row = example(prompt, Message(role: "assistant", content: "a long answer"))
    #expect(outcome(row, tokenizer).omissions == [.toolResults, .system, .completionText])
  }

  @Test func `white space around a text may be trimmed, and a tool's result written as a JSON string`() {
    let tokenizer = TemplateTokenizer { message in
      let text = try Self.content(message)
      return message["role"]?.string == "tool"
        ? JSONValue.string(text).jsonText : text.split(separator: " ").joined(separator: " ")
    }
    let prompt = [Message(role: "user", content: " q "), Message(role: "tool", content: "a \"b\"\n")]
    #expect(
      outcome(example(prompt, Message(role: "assistant", content: "a b ")), tokenizer).omissions.isEmpty)
  }

  @Test func `arguments of calls that are text reach the template as an object`() throws {
    let tokenizer = TemplateTokenizer {
      try Self.content($0) + ($0["tool_calls"]?.array?[0]["function"]?["arguments"]?.value.jsonText ?? "")
    }
    let got = outcome(example([question], call), tokenizer)
    let text = String(decoding: tokenizer.bytes(of: try #require(got.row).completionIDs), as: UTF8.self)
    #expect(text == "{\"x\":1}\0")
  }

  @Test func `arguments stay text for a template that can do nothing with an object`() throws {
    let tokenizer = TemplateTokenizer { message in
      guard let arguments = message["tool_calls"]?.array?[0]["function"]?["arguments"] else {
        return try Self.content(message)
      }
      guard let text = arguments.string else { throw Refusal() }
      return text
    }
    let got = outcome(example([question], call), tokenizer)
    let text = String(decoding: tokenizer.bytes(of: try #require(got.row).completionIDs), as: UTF8.self)
    #expect(text == "{\"x\": 1}\0")
  }

  @Test func `the model's own control tokens inside a text are warned of`() {
    let got = outcome(
      example([question], Message(role: "assistant", content: "a\0b")), TemplateTokenizer(write: Self.content)
    )
    #expect(got.findings.map(\.code) == ["W07"])
    #expect(
      got.findings.first?.message
        == "\"\\u{0}\" in the completion is a control token of this tokenizer and becomes id 0")
  }

  @Test func `what was left out is counted for the set`() {
    var check = CheckRun()
    var findings = RowFindings()
    var tokens = TokenizedOutcome()
    tokens.omissions = [.system, .tools]
    let row = example([question], Message(role: "assistant", content: "a"))
    let fingerprint = fingerprint(row)
    check.add(CheckedRow(row, label: true, fingerprint: fingerprint, tokens: tokens), &findings)
    let found = check.finish().filter { $0.code == "W18" }.map(\.message)
    #expect(
      found == ["the chat template leaves out the tool definitions in 1 row, the system message in 1 row"])
  }
}
