import Foundation
import KTOTestSupport
import Testing

struct RenderCommandTests {
  private let model = [
    "--model", "kto-data/tiny-mistral", "--cache",
    CommandLineTool.package.appendingPathComponent("data/models").path,
  ]

  private func render(_ messages: String, _ arguments: [String]) throws -> CommandLineTool.Result {
    let folder = try TemporaryFolder()
    try folder.write(messages, to: "chat.json")
    return try CommandLineTool.run(
      ["render"] + model + ["--messages", "chat.json"] + arguments, in: folder.url)
  }

  @Test func `one conversation gives its text as it is`() throws {
    let result = try render(#"[{"role":"user","content":"Hi"}]"#, ["--add-generation-prompt"])
    #expect(result.output == "<|bos|><|user|>Hi<|end|><|assistant|>")
    #expect(result.error == "" && result.exitCode == 0)
  }

  @Test func `a conversation a line gives a string a line`() throws {
    let result = try render(
      "[{\"role\":\"user\",\"content\":\"a\"}]\n{\"messages\":[{\"role\":\"user\",\"content\":\"\\\"\"}]}\n",
      [])
    #expect(result.output == "\"<|bos|><|user|>a<|end|>\"\n\"<|bos|><|user|>\\\"<|end|>\"\n")
  }

  @Test func `a line that is refused leaves its place empty, and the exit code is 1`() throws {
    let result = try render("[{\"role\":\"user\",\"content\":\"a\"}]\n[]\n{\"x\":1}\n", [])
    #expect(result.output == "\"<|bos|><|user|>a<|end|>\"\nnull\nnull\n")
    #expect(
      result.error.hasPrefix(
        "chat.json:2:1: error: R02: the conversation has no messages\nchat.json:3:1: error: R01:"))
    #expect(result.exitCode == 1)
  }

  @Test func `an error of the template has its name, line and column`() throws {
    let folder = try TemporaryFolder()
    try folder.write("é\n  {{ raise_exception('no') }}", to: "t.jinja")
    try folder.write(#"[{"role":"user","content":"a"}]"#, to: "chat.json")
    let result = try CommandLineTool.run(
      ["render"] + model + ["--messages", "chat.json", "--template", "t.jinja"], in: folder.url)
    #expect(result.error == "chat.json:1:1: error: R02: t.jinja:2:21: the template refuses: no\n")
    #expect(result.exitCode == 1)
  }

  @Test func `variables, tools and the date reach the template`() throws {
    let folder = try TemporaryFolder()
    try folder.write("{{ n + 1 }} {{ s }} {{ tools[0].name }} {{ strftime_now('%d.%m.%Y') }}", to: "t.jinja")
    try folder.write(#"[{"name":"f"}]"#, to: "tools.json")
    try folder.write(#"[{"role":"user","content":"a"}]"#, to: "chat.json")
    let result = try CommandLineTool.run(
      ["render"] + model + [
        "--messages", "chat.json", "--template", "t.jinja", "--tools", "tools.json", "--variables", "n=4",
        "--variables", "s=high", "--date", "2024-07-03",
      ], in: folder.url)
    #expect(result.output == "5 high f 03.07.2024")
  }

  @Test func `a message that goes on ends the text`() throws {
    let result = try render(
      #"[{"role":"user","content":"Hi"},{"role":"assistant","content":"I am"}]"#, ["--continue-final-message"]
    )
    #expect(result.output == "<|bos|><|user|>Hi<|end|><|assistant|>I am")
  }

  @Test func `ids are those of the text`() throws {
    let result = try render(#"[{"role":"user","content":"Hi"}]"#, ["--ids"])
    #expect(result.output.hasPrefix("1 4 ") && result.output.hasSuffix("\n"))
  }

  @Test func `a prompt and a message that goes on are wrong usage`() throws {
    let result = try render("[]", ["--add-generation-prompt", "--continue-final-message"])
    #expect(result.exitCode == 64)
  }
}
