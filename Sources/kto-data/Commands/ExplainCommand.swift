internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say what a finding's code means, why it matters and what to do.",
    discussion: """
      Without a code it lists them all. docs/findings.md holds the same texts.

      EXAMPLES:
        kto-data explain E07
        kto-data explain
      """)

  @Argument(
    help: ArgumentHelp("A code, such as E07, or a repair of fix, such as blanks.", valueName: "code"),
    completion: .list(codeCatalogue.map(\.id)))
  var code: String?

  @Flag(help: "Print every code as a page of Markdown, as in docs/findings.md.")
  var markdown = false

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard let code, catalogued(code) == nil, repair(named: code) == nil else { return }
    throw ValidationError("there is no code \(excerpt(code))\n  hint: \(codeHint(for: code))")
  }

  func run() {
    let output = terminal.output
    if markdown {
      print(findingsPage(), terminator: "")
    } else if let repair = code.flatMap({ repair(named: $0) }) {
      output.write(output.paint(repair.name + ": ", .bold) + repair.summary + "\n")
      let use =
        repair.mask.map { "made where --mask \($0) asks for it" }
        ?? "made unless --skip \(repair.name) leaves it out"
      output.write("A repair of kto-data fix, \(use); docs/fix.md says what it leaves alone.\n")
    } else if let code = code.flatMap({ catalogued($0) }) {
      output.write(output.paint("\(code.id) \(code.severity.rawValue): ", .bold) + code.title + "\n\n")
      for paragraph in [code.why, "For example:"] { output.write(wrapped(paragraph) + "\n\n") }
      output.write(code.example.split(separator: "\n").map { "    \($0)\n" }.joined() + "\n")
      output.write(wrapped("What to do: " + code.remedy) + "\n")
    } else {
      print(table(codeCatalogue.map { [$0.id, $0.severity.rawValue, $0.title] }))
    }
  }

  private func repair(named name: String) -> (any Repair.Type)? { repairs.first { $0.name == name } }

  /// The text in lines of at most 80 characters.
  private func wrapped(_ text: String) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + word.count + 1 > 80 { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.joined(separator: "\n")
  }
}

/// `docs/findings.md`.
func findingsPage() -> String {
  var text = """
    # Findings

    Every finding has a code with one meaning. An error makes the command end with exit code 1; a warning does not. \
    `kto-data explain E07` prints what is here; `--allow E02,E04` goes on in spite of an error. This page is written by
    `kto-data explain --markdown`, and a test compares it.


    """
  text += "| code | severity | |\n| --- | --- | --- |\n"
  text += codeCatalogue.map {
    "| [\($0.id)](#\($0.id.lowercased())) | \($0.severity.rawValue) | \($0.title) |\n"
  }.joined()
  for code in codeCatalogue {
    text += """

      ## \(code.id)

      **\(code.title)** (\(code.severity.rawValue))

      \(code.why)

      \(code.example.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))

      \(code.remedy)

      """
  }
  return text
}
