internal import ArgumentParser
internal import KTOCore
internal import KTORun

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look at the configuration.", subcommands: [Show.self, Schema.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a configuration and print it.",
      discussion: """
        Without --effective it prints the keys that differ from their defaults.

        EXAMPLES:
          kto-data config show --config config/config.yaml
          kto-data config show --effective --set model.name=my/model
        """)

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Print every key with the value that will be used, as a file that can be used again.")
    var effective = false

    func run() throws {
      let loaded = try configuration.load()
      print(effective ? loaded.yamlText : loaded.differences(), terminator: "")
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what the configuration may contain.",
      discussion: """
        The JSON Schema, as in schemas/config.schema.json, or tables for people.

        EXAMPLES:
          kto-data config schema
        """)

    @Flag(help: "Print the tables of docs/configuration.md instead.")
    var markdown = false

    func run() throws {
      if markdown {
        print(RunConfiguration.markdown, terminator: "")
      } else {
        print(RunConfiguration.schema.indentedText)
      }
    }
  }
}
