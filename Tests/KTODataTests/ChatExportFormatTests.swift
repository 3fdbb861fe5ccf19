import KTOCore
import KTOData
import Testing

/// Exports of chat programs: ChatGPT, LibreChat, Open WebUI, and WildChat's conversations.
struct ChatExportFormatTests {
  private func answers(_ outcome: IngestOutcome) -> [String] {
    outcome.examples.map {
      "\($0.prompt.map(\.content).joined(separator: ">"))>\($0.completion[0].content) "
        + ($0.label.map { "\($0)" } ?? "-")
    }
  }

  // MARK: - ChatGPT

  private func node(
    _ id: String, _ parent: String?, _ role: String?, parts: String? = nil, type: String = "text",
    _ more: String = ""
  ) -> String {
    let parts = parts ?? "[\"\(id)\"]"
    let message =
      role.map {
        "{\"id\":\"\(id)\",\"author\":{\"role\":\"\($0)\"},\"content\":{\"content_type\":\"\(type)\",\"parts\":\(parts)}\(more)}"
      } ?? "null"
    let parent = parent.map { "\"\($0)\"" } ?? "null"
    return "\"\(id)\":{\"id\":\"\(id)\",\"message\":\(message),\"parent\":\(parent),\"children\":[]}"
  }
  private func export(_ nodes: [String], current: String = "\"z\"") -> String {
    "{\"title\":\"x\",\"current_node\":\(current),\"mapping\":{\(nodes.joined(separator: ","))}}"
  }

  @Test func `the way to the current node is one conversation without a label`() throws {
    let got = try ingest(
      export([
        node("r", nil, nil), node("s", "r", "system", parts: "[\"\"]"), node("q", "s", "user"),
        node("y", "q", "assistant"), node("z", "q", "assistant"),
      ]))
    #expect(got.summary.format == "chatgpt")
    #expect(answers(got) == ["q>z -"])
    #expect(got.account.dropped == [.unlabelled: 1])
    #expect(got.summary.ignoredFields["mapping[] of other branches"] == 1)
  }

  @Test func `hidden messages, those without weight and thoughts are passed over`() throws {
    let hidden = ",\"metadata\":{\"is_visually_hidden_from_conversation\":true}"
    let got = try ingest(
      export([
        node("h", nil, "user", hidden), node("w", "h", "assistant", ",\"weight\":0"), node("q", "w", "user"),
        node("t", "q", "assistant", type: "thoughts"), node("e", "t", "assistant", parts: "[\"\"]"),
        node("z", "e", "assistant", parts: "[\"a\",\"b\"]", ",\"weight\":1,\"recipient\":\"all\""),
      ]))
    #expect(answers(got) == ["q>a\nb -"])
  }

  @Test func `a system message that says something is kept`() throws {
    let got = try ingest(
      export([node("s", nil, "system"), node("q", "s", "user"), node("z", "q", "assistant")]))
    #expect(got.examples.first?.prompt.map(\.role) == ["system", "user"])
  }

  private static let chatGPT: [(String, String, String)] = [
    (#"{"current_node":"x","mapping":{"a":{"message":null,"parent":null}}}"#, "E11", "/current_node"),
    (#"{"mapping":{"a":{"message":null,"parent":null}}}"#, "E11", ""),
    (#"{"current_node":null,"mapping":{"a":{"message":null,"parent":null}}}"#, "E11", "/current_node"),
    (#"{"current_node":"a","mapping":{"a":{"message":null,"parent":null}}}"#, "E04", "/mapping/a"),
    (#"{"current_node":"a","mapping":{"a":{"message":null,"parent":"a"}}}"#, "E11", "/mapping/a"),
    (
      #"{"current_node":"a","mapping":{"a":{"message":null,"parent":"b"},"b":{"message":null,"parent":"a"}}}"#,
      "E11", "/mapping/b"
    ), (#"{"current_node":"a","mapping":{"a":{"message":null,"parent":"gone"}}}"#, "E11", "/mapping/a"),
    (#"{"current_node":"a","mapping":{"a":{"message":null,"parent":7}}}"#, "E11", "/mapping/a/parent"),
    (
      #"{"current_node":"a","mapping":{"a":{"message":{"author":{}},"parent":null}}}"#, "E11",
      "/mapping/a/message"
    ),
    (#"{"current_node":"a","mapping":{"b":{"message":null},"a":5}}"#, "E11", "/mapping/a"),
  ]

  @Test(arguments: chatGPT)
  func `ChatGPT trees that are wrong`(record: String, code: String, pointer: String) throws {
    let got = try ingest(record)
    #expect(got.summary.format == "chatgpt")
    #expect(got.rejections.map(\.code) == [code])
    #expect(got.rejections.first?.pointer == pointer)
  }

  @Test(arguments: [
    ("multimodal_text", #"["see",{"content_type":"image_asset_pointer"}]"#, ""), ("code", "[]", ""),
    ("text", #"["x"]"#, #","recipient":"python""#), ("text", "null", ""), ("text", "5", ""),
  ])
  func `what is no text is an error`(type: String, parts: String, more: String) throws {
    let got = try ingest(
      export([node("q", nil, "user"), node("z", "q", "assistant", parts: parts, type: type, more)]))
    #expect(got.rejections.map(\.code) == ["E11"])
    #expect(got.rejections.first?.pointer.hasPrefix("/mapping/z/message") == true)
  }

  @Test func `a conversation that waits for an answer is an error`() throws {
    #expect(try ingest(export([node("z", nil, "user")])).codes == ["E04"])
  }

  // MARK: - LibreChat

  private func message(_ id: String, _ parent: String, user: Bool, _ more: String = "") -> String {
    "{\"messageId\":\"\(id)\",\"parentMessageId\":\"\(parent)\",\"isCreatedByUser\":\(user),\"text\":\"\(id)\"\(more)}"
  }
  private let root = "00000000-0000-0000-0000-000000000000"

  @Test func `each rated answer of LibreChat is an example with the way to it`() throws {
    let got = try ingest(
      "{\"conversationId\":\"c\",\"messages\":["
        + [
          message("q", root, user: true),
          message("a", "q", user: false, #","feedback":{"rating":"thumbsDown","tag":"other"}"#),
          message("b", "q", user: false), message("q2", "b", user: true),
          message("c", "q2", user: false, #","feedback":{"rating":"thumbsUp"}"#),
        ].joined(separator: ",") + "]}")
    #expect(got.summary.format == "librechat")
    #expect(answers(got) == ["q>a false", "q>b>q2>c true"])
    #expect(Set(got.examples.map(\.group)).count == 1)
    #expect(got.examples.map(\.id) == ["c-1", "c-4"])
    #expect(got.summary.ignoredFields == ["messages[].feedback.tag": 1])
  }

  @Test func `LibreChat's nested export, and content in parts`() throws {
    let answer =
      #"{"messageId":"a","parentMessageId":"q","isCreatedByUser":false,"text":"","content":[{"type":"think","think":"hm"},{"type":"text","text":{"value":"r"}}],"feedback":{"rating":"thumbsUp"},"children":[]}"#
    let got = try ingest(
      #"{"messagesTree":[{"messageId":"q","parentMessageId":"\#(root)","isCreatedByUser":true,"text":"q","children":[\#(answer)]}]}"#
    )
    #expect(answers(got) == ["q>r true"])
    #expect(got.examples.first?.source.pointer == "")
  }

  @Test func `a conversation that nobody rated is unlabelled`() throws {
    let got = try ingest(
      "{\"messages\":[\(message("q", root, user: true)),\(message("a", "q", user: false))]}")
    #expect(answers(got) == ["q>a -"])
  }

  @Test(arguments: [
    (
      #"[{"messageId":"a","isCreatedByUser":true,"text":"q"},{"messageId":"a","isCreatedByUser":false,"text":"r"}]"#,
      "E11"
    ),
    (
      #"[{"messageId":"a","parentMessageId":"b","isCreatedByUser":true,"text":"q"},{"messageId":"b","parentMessageId":"a","isCreatedByUser":false,"text":"r"}]"#,
      "E11"
    ),
    (#"[{"messageId":"a","parentMessageId":"gone","isCreatedByUser":false,"text":"q"}]"#, "E11"),
    (#"[{"messageId":"a","isCreatedByUser":"yes","text":"q"}]"#, "E11"),
    (#"[{"isCreatedByUser":true,"text":"q"}]"#, "E11"),
    (#"[{"messageId":"a","isCreatedByUser":true,"text":"q"}]"#, "E04"),
    (
      #"[{"messageId":"q","isCreatedByUser":true,"text":"q"},{"messageId":"a","parentMessageId":"q","isCreatedByUser":false,"text":"r","error":true}]"#,
      "E11"
    ),
    (
      #"[{"messageId":"q","isCreatedByUser":true,"text":"q"},{"messageId":"a","parentMessageId":"q","isCreatedByUser":false,"text":"r","feedback":{"rating":"fine"}}]"#,
      "E01"
    ),
    (
      #"[{"messageId":"q","isCreatedByUser":true,"text":"q"},{"messageId":"a","parentMessageId":"q","isCreatedByUser":false,"content":[{"type":"tool_call"}]}]"#,
      "E11"
    ),
  ])
  func `LibreChat's conversations that are wrong`(messages: String, code: String) throws {
    let got = try ingest("{\"messages\":\(messages)}")
    #expect(got.summary.format == "librechat")
    #expect(got.rejections.map(\.code) == [code])
  }

  @Test func `a conversation of which too many answers are rated is an error, not a heap of turns`() throws {
    let messages = (0..<3000).map { number in
      message(
        "\(number)", number == 0 ? root : "\(number - 1)", user: number % 2 == 0,
        number % 2 == 0 ? "" : #","feedback":{"rating":"thumbsUp"}"#)
    }
    let got = try ingest("{\"messages\":[\(messages.joined(separator: ","))]}")
    #expect(got.rejections.map(\.code) == ["E11"])
    #expect(got.examples.isEmpty)
  }

  // MARK: - Open WebUI

  private func owui(_ id: String, _ parent: String?, _ role: String, _ more: String = "") -> String {
    let parent = parent.map { "\"\($0)\"" } ?? "null"
    return
      "\"\(id)\":{\"id\":\"\(id)\",\"parentId\":\(parent),\"role\":\"\(role)\",\"content\":\"\(id)\"\(more)}"
  }
  private func history(_ messages: [String], current: String = "z") -> String {
    "{\"history\":{\"currentId\":\"\(current)\",\"messages\":{\(messages.joined(separator: ","))}}}"
  }
  private func feedback(_ rating: String, _ messages: [String], message: String = "z") -> String {
    "{\"id\":\"f\",\"user_id\":\"u\",\"type\":\"rating\",\"data\":{\"rating\":\(rating)},\"meta\":{\"message_id\":\"\(message)\"},\"snapshot\":{\"chat\":{\"chat\":\(history(messages))}}}"
  }

  @Test(arguments: [("1", true), ("-1", false), (#""1""#, true), (#""-1""#, false), ("null", nil)])
  func `a feedback is about its message alone`(rating: String, label: Bool?) throws {
    let got = try ingest(
      feedback(
        rating,
        [
          owui("q", nil, "user"), owui("y", "q", "assistant", #","annotation":{"rating":-1}"#),
          owui("z", "q", "assistant"),
        ]))
    #expect(got.summary.format == "open-webui")
    #expect(got.examples.map(\.label) == [label])
    #expect(got.examples.map(\.id) == ["f"])
    #expect(got.codes == [])
  }

  @Test func `a feedback that the chat contradicts is an error`() throws {
    let messages = [owui("q", nil, "user"), owui("z", "q", "assistant", #","annotation":{"rating":-1}"#)]
    #expect(try ingest(feedback("1", messages)).codes == ["E16"])
    #expect(try ingest(feedback("-1", messages)).examples.map(\.label) == [false])
  }

  @Test func `a feedback without a snapshot says what to export`() throws {
    let got = try ingest(#"{"id":"f","data":{"rating":1},"meta":{"message_id":"z"}}"#)
    #expect(got.rejections.map(\.code) == ["E11"])
    #expect(got.rejections.first?.hint?.contains("snapshot") == true)
  }

  @Test func `each rated answer of a chat is an example`() throws {
    let got = try ingest(
      "[{\"id\":\"c\",\"title\":\"t\",\"chat\":"
        + history([
          owui("q", nil, "user"), owui("a", "q", "assistant", #","annotation":{"rating":1,"reason":"good"}"#),
          owui("q2", "a", "user"),
          owui("z", "q2", "assistant", #","annotation":{"type":"rating","rating":-1}"#),
        ]) + "}]")
    #expect(got.summary.format == "open-webui")
    #expect(answers(got) == ["q>a true", "q>a>q2>z false"])
    #expect(Set(got.examples.map(\.group)).count == 1)
  }

  @Test func `a chat without ratings is unlabelled up to its current message`() throws {
    let got = try ingest(
      "{\"chat\":"
        + history([owui("q", nil, "user"), owui("y", "q", "assistant"), owui("z", "q", "assistant")]) + "}")
    #expect(answers(got) == ["q>z -"])
  }

  private static let chats: [(String, String)] = [
    (#"{"a":{"parentId":"a","role":"assistant","content":"x"}}"#, "E11"),
    (#"{"a":{"parentId":"gone","role":"assistant","content":"x"}}"#, "E11"),
    (#"{"a":{"parentId":null,"role":"narrator","content":"x"}}"#, "E12"),
    (#"{"a":{"parentId":null,"role":"user","content":"x"}}"#, "E04"),
    (
      #"{"q":{"role":"user","content":"q"},"a":{"parentId":"q","role":"assistant","content":"oops","error":true}}"#,
      "E11"
    ),
    (#"{"q":{"role":"user","content":"q"},"a":{"parentId":"q","role":"assistant","content":""}}"#, "E02"),
    (#"{"q":{"role":"user","content":"q"},"a":{"parentId":"q","role":"assistant","content":5}}"#, "E11"),
    (#"{"a":5}"#, "E11"), (#"{"b":{"role":"user","content":"q"}}"#, "E11"),
  ]

  @Test(arguments: chats)
  func `chats that are wrong`(messages: String, code: String) throws {
    let got = try ingest("{\"chat\":{\"history\":{\"currentId\":\"a\",\"messages\":\(messages)}}}")
    #expect(got.summary.format == "open-webui")
    #expect(got.rejections.map(\.code) == [code])
  }

  // MARK: - WildChat

  @Test(arguments: ["conversation_hash", "conversation_id"])
  func `a conversation without a verdict is unlabelled`(id: String) throws {
    let got = try ingest(
      "{\"\(id)\":\"h\",\"model\":\"m\","
        + #""conversation":[{"role":"user","content":"q","toxic":false},{"role":"assistant","content":"r"}],"toxic":false}"#
    )
    #expect(got.summary.format == "wildchat")
    #expect(got.examples.map(\.id) == ["h"])
    #expect(got.account.dropped == [.unlabelled: 1])
    #expect(got.summary.ignoredFields["conversation[].toxic"] == 1)
  }
}
