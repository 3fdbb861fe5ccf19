internal import ArgumentParser
internal import KTOCore

/// `--color`.
struct TerminalOptions: ParsableArguments {
  @Option(help: "When to colour what is printed: on a terminal, unless NO_COLOR is set, or always, or never.")
  var color: ColorChoice = .automatic

  var output: Terminal { Terminal(color, of: .output) }
  var error: Terminal { Terminal(color, of: .error) }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case automatic = "auto"
  case always, never
}

/// `--progress` and `--color`.
struct ProgressOptions: ParsableArguments {
  @Option(
    help:
      "How to show progress on standard error: auto is a line that moves on a terminal, and nothing elsewhere; plain is a line now and then."
  )
  var progress: ProgressChoice = .automatic

  @OptionGroup var terminal: TerminalOptions
}

/// `--force`, `--progress` and `--color`, for what writes files.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Replace output that exists.")
  var force = false

  @OptionGroup var shown: ProgressOptions

  var progress: ProgressChoice { shown.progress }
  var terminal: TerminalOptions { shown.terminal }
}

/// Refuses the name of a file that promises compressed bytes, since what is written is plain.
/// - Throws: `ValidationError`.
func checkPlainName(_ path: String?) throws {
  guard let path, let ending = [".gz", ".zst", ".bz2", ".xz"].first(where: { path.hasSuffix($0) }) else {
    return
  }
  throw ValidationError(
    "\(excerpt(path, limit: 200)) ends in \(ending), but what is written is not compressed\n"
      + "  hint: write to \(excerpt(path.dropLast(ending.count), limit: 200)), and compress it then")
}

enum ProgressChoice: String, ExpressibleByArgument, CaseIterable {
  case automatic = "auto"
  case plain, json
}
