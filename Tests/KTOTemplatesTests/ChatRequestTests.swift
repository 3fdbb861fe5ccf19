import KTOCore
import KTOTemplates
import Testing

private func parse(_ json: String) throws -> JSONNode {
  var parser = JSONParser()
  return try parser.parse(Array(json.utf8))
}

private func render(
  _ source: String, _ messages: String, _ change: (inout ChatRequest) throws -> Void = { _ in }
) throws -> RenderedChat {
  var request = ChatRequest(messages: try parse(messages).value)
  try change(&request)
  return try ChatTemplate(source: source, name: "t").apply(
    request, specialTokens: [("bos_token", "<s>"), ("eos_token", "</s>")])
}

private let turns = #"[{"role":"user","content":"Hi"},{"role":"assistant","content":"a b "}]"#
private let plain = "{% for m in messages %}[{{ m.role }}]{{ m.content }}|{% endfor %}"
private let trimming = "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}|{% endfor %}"

/// What transformers' `apply_chat_template` does with its arguments; `render_templates.py` compares at length.
struct ChatRequestTests {
  @Test func `a message that is continued ends the text`() throws {
    #expect(try render(plain, turns) { $0.continuedField = "content" }.text == "[user]Hi|[assistant]a b ")
  }

  @Test func `a message that is continued loses the white space that the template trims`() throws {
    #expect(try render(trimming, turns) { $0.continuedField = "content" }.text == "[user]Hi|[assistant]a b")
  }

  @Test func `of several parts the last text is continued`() throws {
    let parts =
      #"[{"role":"user","content":[{"type":"text","text":"x"},{"type":"text","text":"y"},{"type":"image"}]}]"#
    let source = "{% for p in messages[0].content %}{{ p.text }}.{% endfor %}"
    #expect(try render(source, parts) { $0.continuedField = "content" }.text == "x.y")
  }

  @Test func `reasoning is continued under each of its names`() throws {
    let messages = #"[{"role":"assistant","reasoning":"hm","content":"x"}]"#
    let source = "<{{ messages[0].thinking }}>{{ messages[0].content }}"
    #expect(try render(source, messages) { $0.continuedField = "thinking" }.text == "<hm")
  }

  @Test func `a generation prompt and a continued message exclude each other`() {
    #expect(throws: ChatError.promptAndContinuation) {
      try render(plain, turns) {
        $0.continuedField = "content"
        $0.addsGenerationPrompt = true
      }
    }
  }

  @Test func `a template that drops the message refuses to continue it`() {
    #expect(throws: ChatError.continuationLost(template: "t")) {
      try render("{{ messages[0].content }}", turns) { $0.continuedField = "content" }
    }
  }

  @Test func `a template that changes the message refuses to continue it`() {
    #expect(throws: ChatError.continuationLost(template: "t")) {
      try render("{{ messages[1].content | replace('a', 'x') }}", turns) { $0.continuedField = "content" }
    }
  }

  @Test func `a field that the template never names cannot be continued`() {
    #expect(throws: ChatError.fieldNotInTemplate(field: "content", template: "t")) {
      try render("x", turns) { $0.continuedField = "content" }
    }
  }

  @Test(arguments: [
    #"[{"role":"user"}]"#, #"[{"content":null}]"#, #"[{"content":5}]"#, #"[{"content":[]}]"#,
    #"[{"content":[{"type":"image"}]}]"#,
  ])
  func `without text there is nothing to continue`(_ messages: String) {
    #expect(throws: ChatError.nothingToContinue(field: "content")) {
      try render(plain, messages) { $0.continuedField = "content" }
    }
  }

  @Test func `an empty conversation is refused`() {
    #expect(throws: ChatError.emptyConversation) { try render(plain, "[]") }
  }

  @Test(arguments: [(#"{"a":1}"#, "/messages"), (#"[{"role":"user"},5]"#, "/messages/1")])
  func `messages that are no objects are refused with their place`(_ messages: String, _ pointer: String) {
    let error = #expect(throws: ChatError.self) { try render(plain, messages) }
    guard case .malformed(let found, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == pointer)
  }

  @Test func `members that are null are not shown to the template`() throws {
    let messages = #"[{"role":"user","content":null,"tool_calls":null}]"#
    #expect(try render("{{ messages[0].keys() | list }}", messages).text == "['role']")
  }

  @Test func `variables go before special tokens of the same name`() throws {
    let text = try render("{{ bos_token }}{{ eos_token }}{{ x }}", turns) {
      $0.variables = try #require(try parse(#"{"bos_token":"B","x":1}"#).object)
    }.text
    #expect(text == "B</s>1")
  }

  @Test func `a variable cannot hide the messages`() {
    #expect(throws: ChatError.reservedVariable("messages")) {
      try render(plain, turns) { $0.variables = try #require(try parse(#"{"messages":1}"#).object) }
    }
  }

  @Test func `documents are shown, and none where there are none`() throws {
    let source = "{{ documents[0].title if documents else documents }}"
    #expect(try render(source, turns).text == "None")
    #expect(try render(source, turns) { $0.documents = try parse(#"[{"title":"T"}]"#).value }.text == "T")
  }

  @Test func `generation blocks give their bytes`() throws {
    let source = "é{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}.{% endfor %}"
    let rendered = try render(source, turns)
    #expect(rendered.text == "éHi.a b .")
    #expect(rendered.generated == [2..<4, 5..<9])
  }

  @Test func `a generation block in a macro counts from where the macro is called`() throws {
    let source =
      "{% macro m() %}xx{% generation %}é{% endgeneration %}{% endmacro %}ab{{ m() }}{% generation %}z{% endgeneration %}"
    let rendered = try render(source, turns)
    #expect(rendered.text == "abxxéz")
    // As in transformers: what the macro wrote before is not counted.
    #expect(rendered.generated == [2..<3, 6..<7])
  }

  @Test func `a generation block that is changed on its way out ends with the text at the latest`() throws {
    let source = "{% filter trim %}{% generation %}a      {% endgeneration %}{% endfilter %}"
    let rendered = try render(source, turns)
    #expect(rendered.text == "a" && rendered.generated == [0..<1])
  }

  @Test func `a template tells whether it marks what was generated`() throws {
    #expect(try ChatTemplate(source: "{%- generation -%}x{% endgeneration %}", name: "t").hasGenerationBlocks)
    #expect(try !ChatTemplate(source: "generation {{ generation }}", name: "t").hasGenerationBlocks)
  }
}
