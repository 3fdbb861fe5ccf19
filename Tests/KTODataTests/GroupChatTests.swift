import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct GroupChatTests {
  static let chats = [
    #"{"name":"Club","type":"private_group","messages":[{"from":"Ann","text":"Hi"},{"from":"Bob","text":["In ",{"type":"bold","text":"May"}]}]}"#,
    #"{"chats":{"list":[{"name":"A","messages":[{"from":"Ann","from_id":"user1","text":"Hi"}]}]}}"#,
    #"[{"type":"message","user":"U1","text":"Hi","ts":"1.2"},{"type":"message","user":"U2","text":"Yo","ts":"1.3"}]"#,
    #"{"guild":{"id":"1"},"channel":{"id":"2"},"messages":[{"content":"Hi","author":{"id":"4","name":"ann"}}]}"#,
    #"{"participants":[{"name":"Ann"}],"messages":[{"sender_name":"Ann","timestamp_ms":1,"content":"Hi"}]}"#,
    #"{"messages":[{"creator":{"name":"Ann"},"created_date":"d","text":"Hi"}]}"#,
    #"{"type":"message","date":"2024","from":"Ann","from_id":"user1","text":"Hi"}"#,
    #"{"value":[{"createdDateTime":"d","from":{"user":{"displayName":"Ann"}},"body":{"content":"Hi"}}]}"#,
    #"{"type":"post","post":{"channel":"c","user":"ann","message":"Hi"}}"#,
    #"{"messages":[{"name":"Ann","message":"Hi"},{"name":"Bob","message":"Yo"}]}"#,
    "[22:15] <ann> Hi\n[22:16] <bob> Yo", "10:15:30 From Ann to Everyone: Hi",
    "31.12.20, 22:15 - Ann: Hi\n31.12.20, 22:16 - Bob: Yo\nand more",
    "[12/31/20, 10:15:30 PM] Ann: Hi\n[12/31/20, 10:16:30 PM] Bob: Yo",
  ]

  @Test(arguments: chats) func `a chat of named people is refused once`(text: String) throws {
    let got = try ingest(text)
    #expect(got.codes == ["E15"])
    #expect(got.account.records == 0 && got.examples.isEmpty)
    #expect(got.findings.first?.message.contains("group chat of named people") == true)
    #expect(got.findings.first?.location?.line == 1)
  }

  @Test(arguments: [
    #"{"messages":[{"role":"user","name":"Ann","content":"Hi"},{"role":"assistant","content":"Yo"}]}"#,
    #"{"messages":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Yo"}]}"#,
    #"{"messages":[{"sender":"User","isCreatedByUser":true,"text":"Hi"},{"sender":"Model","isCreatedByUser":false,"text":"Yo"}]}"#,
    #"{"messages":[{"type":"human","name":"Ann","content":"Hi"},{"type":"ai","content":"Yo"}]}"#,
    #"{"messages":[{"from":"user","text":"Hi"},{"from":"bot","text":"Yo"}]}"#,
    #"{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Yo"}]}"#,
  ])
  func `a conversation with an assistant is none`(text: String) throws {
    #expect(try !ingest(text).codes.contains("E15"))
  }

  @Test func `a chat as a table is refused at its first row`() throws {
    let got = try ingest("AuthorID,Author,Date,Content\n4,ann,2024,Hi\n")
    #expect(got.codes == ["E15"] && got.findings[0].location?.line == 2)
  }

  @Test func `a log is none`() throws {
    #expect(try ingest("[2024-01-01 10:00] INFO: started\n[2024-01-01 10:01] INFO: ended").codes == ["E14"])
  }
}
