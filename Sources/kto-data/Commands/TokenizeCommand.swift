internal import ArgumentParser
internal import KTOCore
internal import KTOTokenizer

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Show a text's tokens.",
    discussion:
      "A line a token: position, id, text. With --chat the text is a user's message in the model's template.")

  @Argument(help: "The text.")
  var text: String

  @Option(help: ArgumentHelp("A hub name in the cache, or a folder.", valueName: "name"))
  var model: String

  @Flag(help: "Render the text as a conversation's first message.")
  var chat = false

  @Flag(help: "The ids alone, on one line.")
  var ids = false

  @OptionGroup var cache: CacheOptions

  func run() throws {
    let model = try ModelTokenizer(folder: try cache.resolve(model, revision: "main"))
    var text = text
    if chat {
      text = try model.render(
        messages: .items([.members(["role": .string("user"), "content": .string(text)])]), tools: nil,
        addGenerationPrompt: true)
    }
    let tokens = try model.tokenizer.encode(text, addSpecialTokens: !chat)
    if ids { return print(tokens.map { String($0) }.joined(separator: " ")) }
    for (position, id) in tokens.enumerated() {
      let bytes = model.tokenizer.decodeBytes([id], skipSpecialTokens: false)
      print("\(position)\t\(id)\t\(excerpt(String(decoding: bytes, as: UTF8.self), limit: 80))")
    }
  }
}
