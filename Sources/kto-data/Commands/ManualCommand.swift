internal import ArgumentParser
internal import KTOCore

/// Writes the manual pages that `make install` installs; nobody else needs it, so help does not show it.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the manual pages: a file for each command.", shouldDisplay: false)

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The folder to write.", valueName: "dir"), completion: .directory)
  var output: String

  @Flag(help: "Replace output that exists.")
  var force = false

  func run() throws {
    var parser = JSONParser()
    let description = try parser.parse(Array(KTODataCommand._dumpHelp().utf8))
    guard let command = description["command"] else { return }
    try makeDirectory(output)
    for page in ManualPage.pages(of: command) {
      try writeFile("\(output)/\(page.name).1", page.text.utf8, force: force)
    }
  }
}
