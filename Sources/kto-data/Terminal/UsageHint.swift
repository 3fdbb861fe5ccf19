internal import ArgumentParser
internal import KTOCore

/// What the parser says about wrong usage, with what was most likely meant. The parser itself knows near options, but
/// neither near commands nor near values.
/// - Parameter arguments: the command line without the program's name.
func usageMessage(for error: any Error, arguments: [String]) -> String {
  let arguments = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
  let message = KTODataCommand.fullMessage(for: error)
  var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  if let unknown = unknownCommand(in: arguments) {
    lines[0] = "Error: there is no command '\(excerpt(unknown.word))'"
    lines.insert("  hint: " + unknown.hint, at: 1)
  } else if let hint = valueHint(in: lines) {
    let place = lines.firstIndex { $0.hasPrefix("Help:") || $0.hasPrefix("Usage:") } ?? lines.count
    lines.insert("  hint: " + hint, at: place)
  }
  return lines.joined(separator: "\n")
}

/// Whether a word stands where a command must and is none.
func isUnknownCommand(in arguments: [String]) -> Bool { unknownCommand(in: arguments) != nil }

/// The first word that stands where a command must and is none.
private func unknownCommand(in arguments: [String]) -> (word: String, hint: String)? {
  var command: any ParsableCommand.Type = KTODataCommand.self
  var path = "kto-data"
  for word in arguments {
    let commands = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    // Below the commands words are arguments; an option before one ends what can be told.
    if commands.isEmpty || word.hasPrefix("-") { return nil }
    if let next = command.configuration.subcommands.first(where: { $0._commandName == word }) {
      command = next
      path += " " + word
      continue
    }
    let names = commands.map { $0._commandName }
    if let near = closest(to: word, in: names) { return (word, "did you mean '\(path) \(near)'?") }
    if path == "kto-data", let inner = innerCommand(word) { return (word, "did you mean '\(inner)'?") }
    return (word, "the commands are " + names.joined(separator: ", "))
  }
  return nil
}

/// The whole of a command that is called so below another one.
private func innerCommand(_ word: String) -> String? {
  for command in KTODataCommand.configuration.subcommands {
    for inner in command.configuration.subcommands where inner._commandName == word {
      return "kto-data \(command._commandName) \(word)"
    }
  }
  return nil
}

/// A hint for `The value 'V' is invalid for '--option <name>'`, as the parser writes it; where it names what the option
/// takes, each value stands in quotes or behind a dash.
private func valueHint(in lines: [String]) -> String? {
  let start = "Error: The value '"
  let middle = "' is invalid for '"
  guard let first = lines.first, first.hasPrefix(start), let border = first.firstRange(of: middle) else {
    return nil
  }
  let value = String(first[first.index(first.startIndex, offsetBy: start.count)..<border.lowerBound])
  let rest = first[border.upperBound...]
  if rest.hasPrefix("--allow ") { return AllowedCodes.hint(for: value) }
  let listed = lines.dropFirst().filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
  let quoted = rest.firstRange(of: "one of ").map { range in
    rest[range.upperBound...].split(separator: "'").filter {
      !$0.contains(where: \.isWhitespace) && $0 != "."
    }
    .map { String($0) }
  }
  return closest(to: value, in: listed + (quoted ?? [])).map { "did you mean '\($0)'?" }
}
