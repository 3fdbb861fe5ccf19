internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the formats of raw conversations that are read.",
    discussion: """
      With a name it shows the fields that are read and a sample; docs/adding-a-format.md says how to add one. Records \
      of any format may lie in any container: \
      \(containerSummaries.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")).

      EXAMPLES:
        kto-data formats
        kto-data formats sharegpt
      """)

  @Argument(help: ArgumentHelp("A format.", valueName: "name"), completion: .list(recordFormatNames))
  var name: String?

  @Flag(help: "Print the format's published schema, as in schemas/.")
  var schema = false

  func validate() throws {
    if let name, recordFormat(named: name) == nil {
      let near = closest(to: name, in: recordFormatNames).map { "did you mean \($0)?" }
      throw ValidationError(
        "there is no format \(excerpt(name))\n  hint: "
          + (near ?? "there are \(recordFormatNames.joined(separator: ", "))"))
    }
    guard schema else { return }
    guard let name else { throw ValidationError("--schema needs the name of a format") }
    guard recordFormat(named: name)?.schema != nil else {
      throw ValidationError("\(name) has no published schema")
    }
  }

  func run() throws {
    guard let format = name.flatMap({ recordFormat(named: $0) }) else {
      return print(table(recordFormats.map { [$0.name, $0.summary] }))
    }
    if schema, let schema = format.schema { return print(schema.text) }
    print("\(format.name): \(format.summary)")
    print("fields: " + format.fields.joined(separator: ", "))
    if let schema = format.schema { print("schema: schemas/\(schema.fileName(for: format.name))") }
    print("\n\(format.sample)")
  }
}
