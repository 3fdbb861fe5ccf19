internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOTokenizer

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a row of prepared data with the mask of prompt and completion.",
    discussion: """
      In colour the prompt is dim and the completion green (desirable) or red (undesirable); without colour ⟦ and ⟧ enclose \
      the completion. The text is decoded from the tokens that train.

      EXAMPLES:
        kto-data inspect test_data/shards
        kto-data inspect test_data/shards --index 3 --tokens
      """)

  @Argument(help: ArgumentHelp("The folder that prepare wrote.", valueName: "dir"), completion: .directory)
  var folder: String

  @Option(help: "The split.")
  var split = "train"

  @Option(help: "The row, from 0.")
  var index = 0

  @Flag(help: "A line a token: position, mask, id, text.")
  var tokens = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var terminal: TerminalOptions

  func run() throws {
    let manifest = try Manifest(folder: folder)
    let tokenizer = try ModelTokenizer(
      folder: try cache.resolve(manifest.model.name, revision: manifest.model.revision))
    if tokenizer.tokenizerHash != manifest.model.tokenizerHash {
      terminal.error.show(
        Diagnostic(
          .otherTokenizer, at: .whole(folder),
          message: "\(manifest.model.name) has another tokenizer now than these shards were made with",
          hint: "run prepare again"))
    }
    let row = try InspectedRow(folder: folder, split: split, index: index, tokenizer: tokenizer)
    print(tokens ? row.tokenTable() : row.rendered(colour: terminal.output.isColored), terminator: "")
  }
}
