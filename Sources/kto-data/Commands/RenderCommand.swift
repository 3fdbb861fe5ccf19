internal import ArgumentParser
internal import KTOCore
internal import KTOTemplates

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Render conversations with a model's chat template.",
    discussion: """
      A conversation is a JSON array of messages, or an object with "messages" (and "tools", "documents"), or an \
      example's "prompt" and "completion". A file holds one, an array of them, or one a line. One conversation gives its \
      text as it is, several give a JSON string a line; null stands for one that the template refuses.

      EXAMPLES:
        echo '[{"role":"user","content":"Hi"}]' > chat.json
        kto-data render --model kto-data/tiny-mistral --cache data/models \\
          --messages chat.json
        kto-data render --model kto-data/tiny-mistral --cache data/models \\
          --messages chat.json --ids
      """)

  @Option(
    help: ArgumentHelp("A hub name in the cache, or a folder.", valueName: "org/name|dir"),
    completion: .model)
  var model: String

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions

  @Option(
    help: ArgumentHelp("The conversations: JSON or JSONL; - for standard input.", valueName: "file"),
    completion: .file())
  var messages: String

  @Option(
    help: ArgumentHelp("A JSON array of tools, for conversations that bring none.", valueName: "file"),
    completion: .file())
  var tools: String?

  @Option(
    help: ArgumentHelp("A JSON array of documents, for conversations that bring none.", valueName: "file"),
    completion: .file())
  var documents: String?

  @Flag(help: "End with the beginning of an answer.")
  var addGenerationPrompt = false

  @Flag(help: "Leave the last message open, so that it can go on.")
  var continueFinalMessage = false

  @Option(help: ArgumentHelp("The field of the last message that goes on.", valueName: "name"))
  var continueField = "content"

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A variable for the template, as in --variables enable_thinking=false; repeatable.",
      valueName: "key=json"))
  var variables: [TemplateVariable] = []

  @Option(
    help: ArgumentHelp(
      "Another template: one of the model's by name, such as tool_use, or a file.", valueName: "name|file"),
    completion: .file())
  var template: String?

  @Option(help: ArgumentHelp("The day for templates that ask; today when left out.", valueName: "YYYY-MM-DD"))
  var date: TemplateDate?

  @Flag(help: "Token ids instead of text.")
  var ids = false

  @Flag(
    help: "Token ids and, for each, 1 where the template marks it as the assistant's: a JSON object a line.")
  var mask = false

  @Option(help: "text, or jsonl: a line a conversation. By default text for one, jsonl for several.")
  var format: RenderFormat?

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    if mask, continueFinalMessage {
      throw ValidationError("--mask and --continue-final-message exclude each other.")
    }
    if addGenerationPrompt, continueFinalMessage {
      throw ValidationError("--add-generation-prompt and --continue-final-message exclude each other.")
    }
  }

  func run() throws {
    let renderer = try ConversationRenderer(self)
    let name = messages == "-" ? "standard input" : messages
    let bytes = try Self.read(messages)
    let file: ChatRequestFile
    do throws(ChatRequestFinding) {
      file = try ChatRequestFile(bytes, name: name)
    } catch {
      terminal.error.show(error.diagnostic)
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    if mask, !renderer.marksGenerated {
      terminal.error.show(
        Diagnostic(
          .templateMarksNothing, at: .whole(renderer.templateName),
          message: "the template has no generation blocks, so that the masks are 0 throughout"))
    }
    let output = terminal.output
    let isText = format.map { $0 == .text } ?? !file.holdsSeveral
    var failureCount = 0
    file.forEach { request, offset in
      do {
        let result = try renderer.render(try request.get())
        output.write(isText ? result.text(for: output, isAlone: !file.holdsSeveral) : result.json + "\n")
      } catch {
        failureCount += 1
        let finding = (error as? ChatRequestFinding)?.diagnostic
        terminal.error.show(
          finding ?? Diagnostic(.conversationRefused, at: file.location(offset), message: "\(error)"))
        if !isText { output.write("null\n") }
      }
    }
    if failureCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    path == "-" ? try readFile(try FileByteSource(standardInputNamed: "standard input")) : try readFile(path)
  }
}
