internal import ArgumentParser

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

/// `--force`, `--progress` and `--color`, for what writes files.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Replace output that exists.")
  var force = false

  @Option(
    help: "How to show progress on standard error: auto is a line that moves on a terminal, plain elsewhere.")
  var progress: ProgressChoice = .automatic

  @OptionGroup var terminal: TerminalOptions
}

enum ProgressChoice: String, ExpressibleByArgument, CaseIterable {
  case automatic = "auto"
  case plain, json
}
