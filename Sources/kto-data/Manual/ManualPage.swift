internal import KTOBuild
internal import KTOCore

/// The manual page of a command, made from what the parser says about it (`--experimental-dump-help`).
struct ManualPage {
  /// `kto-data` or `kto-data-model-list`: the name of the page.
  let name: String
  /// The page in roff's macros for manuals, man(7).
  let text: String

  /// The page of a command, and of each below it that is shown.
  /// - Parameters:
  ///   - command: an object as the parser's own description of a command has it.
  ///   - parents: the commands it lies in, the outermost first.
  static func pages(of command: JSONNode, in parents: [String] = []) -> [ManualPage] {
    guard let name = command["commandName"]?.string, command["shouldDisplay"]?.bool != false,
      name != "help"
    else { return [] }
    let path = parents + [name]
    return [ManualPage(command, path: path)]
      + (command["subcommands"]?.array ?? []).flatMap { pages(of: $0, in: path) }
  }

  private init(_ command: JSONNode, path: [String]) {
    name = path.joined(separator: "-")
    let abstract = command["abstract"]?.string ?? ""
    let arguments = (command["arguments"]?.array ?? []).filter { $0["shouldDisplay"]?.bool != false }
    let below = (command["subcommands"]?.array ?? []).filter {
      $0["shouldDisplay"]?.bool != false && $0["commandName"]?.string != "help"
    }
    var lines = [
      ".TH \(quoted(name.uppercased())) 1 \"\" \(quoted("kto-data \(productVersion)")) \(quoted("kto-data manual"))",
      ".SH NAME",
      "\(escaped(name)) \\- \(escaped(abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract))",
      ".SH SYNOPSIS", ".B " + escaped(path.joined(separator: " ")),
    ]
    if !below.isEmpty { lines.append("\\fIcommand\\fR ...") }
    lines += arguments.map(Self.synopsis)
    var discussion = command["discussion"]?.string ?? ""
    var examples = ""
    if let range = discussion.firstRange(of: "EXAMPLES:\n") {
      examples = String(discussion[range.upperBound...])
      discussion = String(discussion[..<range.lowerBound])
    }
    if !discussion.isEmpty { lines += [".SH DESCRIPTION"] + Self.paragraphs(discussion) }
    for (title, kinds) in [("ARGUMENTS", ["positional"]), ("OPTIONS", ["option", "flag"])] {
      let listed = arguments.filter { kinds.contains($0["kind"]?.string ?? "") }
      if !listed.isEmpty { lines += [".SH \(title)"] + listed.flatMap(Self.description) }
    }
    if !below.isEmpty {
      lines.append(".SH COMMANDS")
      for command in below {
        let word = command["commandName"]?.string ?? ""
        lines += [
          ".TP", ".BR \(escaped("\(name)-\(word)")) (1)", Self.line(command["abstract"]?.string ?? ""),
        ]
      }
    }
    if !examples.isEmpty { lines += [".SH EXAMPLES"] + Self.paragraphs(examples) }
    if path.count > 1 {
      lines += [".SH SEE ALSO", ".BR \(escaped(path.dropLast().joined(separator: "-"))) (1)"]
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Arguments

  private static func synopsis(_ argument: JSONNode) -> String {
    var text = label(argument)
    if argument["isRepeating"]?.bool == true { text += " ..." }
    return argument["isOptional"]?.bool == true ? "[\(text)]" : text
  }

  /// `\fB--output\fR \fIfile\fR`.
  private static func label(_ argument: JSONNode) -> String {
    let value = "\\fI\(escaped(argument["valueName"]?.string ?? "value"))\\fR"
    if argument["kind"]?.string == "positional" { return value }
    let name = argument["preferredName"].map(option) ?? ""
    return argument["kind"]?.string == "flag" ? name : "\(name) \(value)"
  }

  private static func option(_ name: JSONNode) -> String {
    let text = name["name"]?.string ?? ""
    return "\\fB" + escaped((name["kind"]?.string == "long" ? "--" : "-") + text) + "\\fR"
  }

  private static func description(_ argument: JSONNode) -> [String] {
    let value = "\\fI\(escaped(argument["valueName"]?.string ?? "value"))\\fR"
    let names = (argument["names"]?.array ?? []).map(option).joined(separator: ", ")
    let label =
      switch argument["kind"]?.string {
      case "positional": value
      case "flag": names
      default: "\(names) \(value)"
      }
    var text = argument["abstract"]?.string ?? ""
    let values = (argument["allValues"]?.array ?? argument["allValueStrings"]?.array ?? []).compactMap(
      \.string)
    if !values.isEmpty { text += " One of " + values.joined(separator: ", ") + "." }
    // Where the text says what holds by default, the value is this machine's.
    if let standard = argument["defaultValue"]?.string, !text.contains("by default") {
      text += " Default: \(standard)."
    }
    return [".TP", label, line(text)] + (argument["discussion"]?.string.map { [line($0)] } ?? [])
  }

  // MARK: - Text

  /// Paragraphs, and lines that are set apart as they are: what is indented, and columns.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isLiteral = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let wantsLiteral = line.contains("  ")
      if wantsLiteral != isLiteral, !line.isEmpty || isLiteral {
        lines.append(wantsLiteral ? ".PP\n.EX" : ".EE")
        isLiteral = wantsLiteral
      }
      lines.append(line.isEmpty ? ".PP" : Self.line(String(line)))
    }
    return lines + (isLiteral ? [".EE"] : [])
  }

  /// A line of text: a dot or an apostrophe at its beginning would make it a command.
  private static func line(_ text: String) -> String {
    let text = escaped(text).split(separator: "\n").joined(separator: " ")
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }
}

private func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "\\": result += "\\e"
    case "-": result += "\\-"
    default: result.append(character)
    }
  }
  return result
}

private func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }
