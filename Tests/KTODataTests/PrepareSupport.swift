import KTOCore
import KTOTestSupport

@testable import KTOData

/// A tokenizer of bytes: `u:…\n` for a turn of the user, `a:…␀\n` for one of the assistant; ␀ is EOS.
struct ByteTokenizer: ConversationTokenizer {
  var bosID: UInt32? { nil }
  var eosID: UInt32? { 0 }
  var tokenizerHash: String { "tokenizer" }
  var templateHash: String? { "template" }

  func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) throws -> String {
    var text = ""
    guard case .array(let items) = messages else { return text }
    for item in items {
      let content = item["content"]?.string ?? ""
      switch item["role"]?.string {
      case "system": text += "s:\(content)\n"
      case "user": text += "u:\(content)\n"
      case "assistant": text += content == "no end" ? "a:\(content)" : "a:\(content)\0\n"
      default: throw Refusal(role: item["role"]?.string ?? "?")
      }
    }
    // A prompt whose generation prompt is not how the turn then begins.
    let start = text.contains("mismatch") ? "A:" : "a:"
    return addGenerationPrompt ? text + start : text
  }

  func encode(rendered text: String) throws -> [UInt32] { text.utf8.map { UInt32($0) } }
  func bytes(of ids: [UInt32]) -> [UInt8] { ids.map { UInt8(truncatingIfNeeded: $0) } }

  struct Refusal: Error { var role: String }
}

func conversation(_ number: Int, _ label: Bool, answer: String? = nil, question: String? = nil) -> Example {
  Example(
    id: "c\(number)", prompt: [Message(role: "user", content: question ?? "q \(number)")],
    completion: [Message(role: "assistant", content: answer ?? "answer \(number)")], label: label,
    group: "g\(number)", source: Source(file: "raw.jsonl", line: number + 1, byteOffset: number * 100))
}
