internal import ArgumentParser
internal import KTOCore
internal import KTOHub
internal import KTOModels
internal import KTOTokenizer

extension ModelCommand {
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a model's files.",
      discussion: """
        Hashes each blob of the cache and compares with its name; checks that the weights' headers are sound and all \
        files of their index there; loads config.json, the tokenizer and the chat template. Nothing is downloaded. A \
        model that is whole, but not one this program can train, is a warning.

        EXAMPLES:
          kto-data model verify kto-data/tiny-mistral --cache data/models
        """)

    @Argument(
      help: ArgumentHelp("A hub name in the cache, or a folder.", valueName: "org/name|dir"),
      completion: .model)
    var name: String

    @Option(help: "Branch, tag or commit of a model in the cache.")
    var revision = "main"

    @OptionGroup var cache: CacheOptions
    @OptionGroup var terminal: TerminalOptions

    func run() throws {
      let model = try cache.resolve(name, revision: revision)
      let result = try ModelVerification(of: model)
      for diagnostic in result.diagnostics { terminal.error.show(diagnostic) }
      let output = terminal.output
      let size = "\(result.fileCount) files, \(byteText(result.byteCount))"
      let commit = model.commit.map { " at \($0.prefix(12))" } ?? ""
      guard result.isSound else {
        print("\(output.paint("✗", .red)) \(model.name)\(commit): \(size), in \(model.path)")
        throw ExitCode(ExitStatus.findings.rawValue)
      }
      print("\(output.paint("✓", .green)) \(model.name)\(commit): \(size)")
    }
  }
}
