import KTOCore
import KTOHub
import KTOTemplates
import KTOTokenizer
import Testing

/// The truth: `render_templates.py`, by transformers' `apply_chat_template`.
@Suite(.enabled(if: Oracles.has("templates/answers.jsonl"))) struct TemplateConformanceTests {
  /// What came of one conversation: a text with the marked places, or the kind of error.
  private enum Outcome: Equatable {
    case text([UInt8], generated: [[Int]]?)
    case error(kind: String, message: String)

    var isError: Bool { if case .error = self { true } else { false } }
  }

  private static let tokens = [("bos_token", "<|bos|>"), ("eos_token", "<|end|>"), ("pad_token", "<|pad|>")]

  private struct Tally {
    var count = 0
    var differing = 0
    var otherErrors = 0
  }

  @Test func `every template renders, or refuses, every conversation as in transformers`() throws {
    let requests = try Oracles.lines("templates/requests.jsonl").map { try Self.request($0) }
    var templates: [(name: String, template: Result<ChatTemplate, any Error>)] = []
    for line in try Oracles.lines("templates/templates.jsonl") {
      let name = try #require(line["name"]?.string)
      let source = try #require(line["source"]?.string)
      templates.append((name, Result { try ChatTemplate(source: source, name: name) }))
    }
    let tokenizer = try Tokenizer(tokenizerJSON: Oracles.path("templates/tokenizer.json"))
    var (maskCount, wrongMasks) = (0, 0)
    var tallies = [Tally](repeating: Tally(), count: templates.count)
    try Oracles.forEachLine("templates/answers.jsonl") { line in
      let template = try #require(line["template"]?.int)
      let place = try #require(line["request"]?.int)
      let (name, request) = requests[place]
      let expected = Self.outcome(line)
      let ours = Self.outcome(request, templates[template].template, expected)
      tallies[template].count += 1
      if let mask = line["mask"]?.array, let chosen = try? templates[template].template.get() {
        maskCount += 1
        let chat = try Self.rendered(request, chosen)
        let text = Array(chat.text.utf8)
        let made = try tokenizer.encodeWithOffsets(bytes: text, addSpecialTokens: false)
        let ours = assistantMask(ranges: chat.generated, offsets: made.offsets, text: text)
        let theirs = line["ids"]?.tokens ?? []
        if made.ids != theirs || ours != mask.map({ $0.int == 1 }) {
          wrongMasks += 1
          let places = ours.indices.filter { ours[$0] != (mask[$0].int == 1) }
          print(
            "other mask: \(templates[template].name) | \(name): \(made.ids == theirs), tokens \(places.prefix(8)) of \(ours.count)"
          )
        }
      }
      guard ours != expected else { return }
      if ours.isError, expected.isError {
        tallies[template].otherErrors += 1
        print("other error: \(templates[template].name) | \(name)\n  theirs: \(expected)\n  ours: \(ours)")
      } else {
        tallies[template].differing += 1
        print("differs: \(templates[template].name) | \(name)\n\(Self.difference(expected, ours))")
      }
    }
    #expect(wrongMasks == 0)
    Oracles.report("conversations with other ids or another mask: \(wrongMasks) of \(maskCount)")
    print("template, conversations, other texts, other errors")
    for ((name, _), tally) in zip(templates, tallies) {
      print("table: \(name), \(tally.count), \(tally.differing), \(tally.otherErrors)")
    }
    let differing = tallies.map(\.differing).reduce(0, +)
    Oracles.report(
      "\(templates.count) templates, \(tallies.map(\.count).reduce(0, +)) conversations, \(differing) with "
        + "other text, \(tallies.map(\.otherErrors).reduce(0, +)) refused for other reasons")
    #expect(differing == 0)
  }

  private static func request(_ line: JSONNode) throws -> (name: String, request: ChatRequest) {
    var request = ChatRequest(messages: try #require(line["messages"]).value)
    request.tools = line["tools"]?.value
    request.documents = line["documents"]?.value
    request.addsGenerationPrompt = line["add_generation_prompt"]?.bool ?? false
    request.continuedField =
      line["continue_final_message"]?.string
      ?? (line["continue_final_message"]?.bool == true ? "content" : nil)
    request.variables = line["variables"]?.object ?? JSONObject()
    return (try #require(line["name"]?.string), request)
  }

  private static func outcome(_ answer: JSONNode) -> Outcome {
    if let text = answer["text"]?.string {
      let ranges = answer["generation"]?.array?.map { ($0.array ?? []).compactMap(\.int) }
      return .text(Array(text.utf8), generated: ranges)
    }
    let message = answer["error"]?["message"]?.string ?? ""
    return .error(kind: answer["error"]?["kind"]?.string ?? "", message: message)
  }

  private static func outcome(
    _ request: ChatRequest, _ template: Result<ChatTemplate, any Error>, _ expected: Outcome
  ) -> Outcome {
    do {
      let rendered = try Self.rendered(request, try template.get())
      var ranges: [[Int]]?
      if case .text(_, .some) = expected {
        let bytes = Array(rendered.text.utf8)
        func scalarCount(_ end: Int) -> Int { bytes[..<end].count { $0 & 0xC0 != 0x80 } }
        ranges = rendered.generated.map { [scalarCount($0.lowerBound), scalarCount($0.upperBound)] }
      }
      return .text(Array(rendered.text.utf8), generated: ranges)
    } catch let error as TemplateError {
      let (kind, message): (String, String?) =
        switch error.reason {
        case .syntax: ("syntax", nil)
        case .unsupported: ("unsupported", nil)
        case .undefined: ("undefined", nil)
        case .type: ("type", nil)
        case .value: ("value", nil)
        case .security: ("security", nil)
        case .raised(let text): ("raised", PythonPrefix.of(text, 300))
        default: ("limit", nil)
        }
      // Only what a template says itself has to have the same words.
      guard case .error(_, let theirs) = expected else { return .error(kind: kind, message: "\(error)") }
      return .error(kind: kind, message: message ?? theirs)
    } catch {
      // What is wrong with the request, Python finds as a wrong value or a wrong type.
      guard case .error(let kind, let theirs) = expected, kind == "value" || kind == "type" else {
        return .error(kind: "request", message: "\(error)")
      }
      return .error(kind: kind, message: theirs)
    }
  }

  private static func rendered(_ request: ChatRequest, _ template: ChatTemplate) throws -> RenderedChat {
    var template = template
    template.clock = TemplateClock(year: 2024, month: 7, day: 3, hour: 9, minute: 5, second: 7)
    return try template.apply(request, specialTokens: tokens)
  }

  private enum PythonPrefix {
    static func of(_ text: String, _ count: Int) -> String {
      var result = ""
      result.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(count))
      return result
    }
  }

  /// Both, from shortly before where they part.
  private static func difference(_ theirs: Outcome, _ ours: Outcome) -> String {
    guard case .text(let a, let rangesA) = theirs, case .text(let b, let rangesB) = ours else {
      return "  theirs: \(summary(theirs))\n  ours: \(summary(ours))"
    }
    if a == b { return "  theirs: \(rangesA ?? [])\n  ours: \(rangesB ?? [])" }
    let place = max(0, zip(a, b).prefix { $0 == $1 }.count - 40)
    func part(_ bytes: [UInt8]) -> String {
      String(decoding: bytes[min(place, bytes.count)...].prefix(160), as: UTF8.self).debugDescription
    }
    return "  theirs: \(part(a))\n  ours:   \(part(b))"
  }

  private static func summary(_ outcome: Outcome) -> String {
    switch outcome {
    case .text(let bytes, _): String(decoding: bytes.prefix(160), as: UTF8.self).debugDescription
    case .error(let kind, let message): "\(kind): \(message.prefix(200))"
    }
  }
}
