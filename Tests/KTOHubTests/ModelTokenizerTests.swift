import KTOCore
import KTOHub
import KTOTestSupport
import KTOTokenizer
import Testing

/// A model's folder with the fixture `digits-added` and the files given, removed with the value.
private final class TemporaryModel {
  let folder: TemporaryFolder
  var path: String { folder.path }

  init(_ files: [String: String]) throws {
    folder = try TemporaryFolder(files)
    try setTokenizer("digits-added")
  }

  func setTokenizer(_ fixture: String) throws {
    try folder.copy(Fixtures.path("tokenizer/\(fixture).tokenizer.json"), to: "tokenizer.json")
  }

  func load() throws -> ModelTokenizer {
    try ModelTokenizer(folder: ModelFolder(path: path, name: path, revision: "main", commit: nil))
  }
}

private let hello = JSONValue.items([.members(["role": .string("user"), "content": .string("hi 12")])])

struct ModelTokenizerTests {
  @Test func `the template's file goes before the configuration's`() throws {
    let model = try TemporaryModel([
      "chat_template.jinja": "file", "tokenizer_config.json": #"{"chat_template":"configuration"}"#,
    ])
    #expect(try model.load().render(messages: hello, tools: nil, addGenerationPrompt: false) == "file")
  }

  @Test func `of named templates the default is taken`() throws {
    let list = #"[{"name":"tool_use","template":"T"},{"name":"default","template":"D"}]"#
    let model = try TemporaryModel(["tokenizer_config.json": #"{"chat_template":\#(list)}"#])
    #expect(try model.load().render(messages: hello, tools: nil, addGenerationPrompt: false) == "D")
  }

  @Test func `with tools the template for them is taken`() throws {
    let list = #"[{"name":"tool_use","template":"T"},{"name":"default","template":"D"}]"#
    let model = try TemporaryModel(["tokenizer_config.json": #"{"chat_template":\#(list)}"#])
    #expect(try model.load().render(messages: hello, tools: .items([]), addGenerationPrompt: false) == "T")
  }

  @Test func `the template sees the special tokens`() throws {
    let model = try TemporaryModel([
      "chat_template.jinja": "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}",
      "tokenizer_config.json": #"{"bos_token":{"content":"<pad>"},"eos_token":"<|end|>","pad_token":null}"#,
    ])
    #expect(
      try model.load().render(messages: hello, tools: nil, addGenerationPrompt: false) == "<pad><|end|>False")
  }

  @Test func `the end token falls back on the generation configuration`() throws {
    let model = try TemporaryModel([
      "config.json": #"{"eos_token_id":1}"#, "generation_config.json": #"{"eos_token_id":[0,1]}"#,
    ])
    let tokenizer = try model.load()
    #expect(tokenizer.eosID == 0 && tokenizer.eosToken == "<|end|>")
  }

  @Test func `a conversation is encoded without the post-processor's tokens`() throws {
    let model = try TemporaryModel(["chat_template.jinja": "{{ messages[0].content }}<|end|>"])
    let tokenizer = try model.load()
    let ids = try tokenizer.encode(chat: hello, tools: nil, addGenerationPrompt: false)
    #expect(try ids == tokenizer.tokenizer.encode("hi 12<|end|>", addSpecialTokens: false))
  }

  @Test func `reasoning is given under both of its names`() throws {
    let model = try TemporaryModel([
      "chat_template.jinja": "{{ messages[0].reasoning_content }}{{ messages[0].thinking }}"
    ])
    let message = JSONValue.members(["role": .string("assistant"), "reasoning": .string("hm")])
    #expect(
      try model.load().render(messages: .items([message]), tools: nil, addGenerationPrompt: false) == "hmhm")
  }

  @Test func `a model without a template says so when one is needed`() throws {
    let model = try TemporaryModel([:])
    #expect(throws: HubError.fileMissing(file: "chat_template.jinja", folder: model.path)) {
      try model.load().render(messages: hello, tools: nil, addGenerationPrompt: false)
    }
  }

  @Test func `a folder without a tokenizer says so`() {
    #expect(throws: HubError.fileMissing(file: "tokenizer.json", folder: "/nowhere")) {
      try ModelTokenizer(folder: ModelFolder(path: "/nowhere", name: "x", revision: "main", commit: nil))
    }
  }

  @Test func `the file's truncation and padding are not applied to conversations`() throws {
    let model = try TemporaryModel(["chat_template.jinja": "{{ messages[0].content }}"])
    try model.setTokenizer("nfc-prefix")
    let long = JSONValue.items([.members(["content": .string(String(repeating: "x y ", count: 99))])])
    #expect(try model.load().encode(chat: long, addGenerationPrompt: false).count > 48)
  }

  @Test(arguments: ["my.json", "my.model", "my.json/"])
  func `a folder that is called like a tokenizer's file is a folder`(name: String) throws {
    let folder = try TemporaryFolder()
    let file = name.split(separator: "/")[0] + "/tokenizer.json"
    try folder.copy(Fixtures.path("tokenizer/digits-added.tokenizer.json"), to: String(file))
    let cache = HubCache(root: folder.path)
    let tokenizer = try Tokenizer(model: folder.path(name), revision: "main", in: cache)
    #expect(try tokenizer.encode("12", addSpecialTokens: false).count == 2)
  }
}
