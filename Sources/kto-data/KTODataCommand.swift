internal import ArgumentParser
@unsafe @preconcurrency internal import Glibc
internal import KTOCore
internal import Synchronization

@main
struct Main {
  static func main() {
    var command: any ParsableCommand
    do {
      // The parser shows the whole program's help for a command that there is not.
      let arguments = CommandLine.arguments.dropFirst()
      if arguments.first == "help", isUnknownCommand(in: Array(arguments.dropFirst())) {
        throw ValidationError("")
      }
      command = try KTODataCommand.parseAsRoot()
    } catch {
      leave(parsing: error)
    }
    do {
      try command.run()
      leave(0)
    } catch let error as ExitCode {
      leave(error.rawValue)
    } catch {
      // The parser's own (help asked for, wrong usage) end as it says; the rest is ours.
      if KTODataCommand.exitCode(for: error) != .failure { leave(parsing: error) }
      leave(report(error).rawValue)
    }
  }

  /// Ends as the parser says: with help that was asked for, or with what is wrong with the usage.
  private static func leave(parsing error: any Error) -> Never {
    guard KTODataCommand.exitCode(for: error) == .validationFailure else {
      KTODataCommand.exit(withError: error)
    }
    let message = usageMessage(for: error, arguments: Array(CommandLine.arguments.dropFirst()))
    let terminal = Terminal(.automatic, of: .error)
    terminal.writeError(message.replacing("  hint:", with: "  " + terminal.paint("hint:", .cyan)) + "\n")
    leave(ExitCode.validationFailure.rawValue)
  }

  /// Ends the process without the libraries' own clearing up (`atexit`), which would take from threads that still
  /// work on input nobody asks for any more what they work with.
  private static func leave(_ status: Int32) -> Never {
    // Of what was printed some waits in a buffer, so that a full disk shows here.
    var failure: Int32? = fflush(nil) == 0 ? nil : errno
    let isIncomplete = unsafe ferror(stdout) != 0
    let earlier = Terminal.outputFailure.load(ordering: .relaxed)
    if earlier != 0 { failure = earlier }
    // Nobody reads on where a pipe is closed, as behind `head`.
    if failure != nil || isIncomplete, failure != EPIPE {
      let reason = failure.map { errorText($0) } ?? "not all of it was taken"
      Terminal(.automatic, of: .error).writeError(
        "kto-data: error: cannot write standard output: \(reason)\n")
      _exit(ExitStatus.failed.rawValue)
    }
    _exit(status)
  }

  /// Says what ended the run: findings one by one, everything else in one line, with what the command line offers.
  private static func report(_ error: any Error) -> ExitStatus {
    let terminal = Terminal(.automatic, of: .error)
    if let error = error as? ConfigurationError {
      for diagnostic in error.diagnostics { terminal.show(diagnostic) }
      if let advice = advice(on: error) { terminal.writeError("\(advice)\n") }
      return .findings
    }
    let advice = advice(on: error).map { "; \($0)" } ?? ""
    terminal.writeError("kto-data: \(terminal.paint("error:", .red)) \(error)\(advice)\n")
    return .failed
  }
}

/// What the process ends with, apart from 0.
enum ExitStatus: Int32 {
  /// Findings of severity error.
  case findings = 1
  /// A run that could not go on.
  case failed = 2
}

struct KTODataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kto-data",
    abstract: "From raw conversations to a KTO-trained LoRA adapter.",
    discussion: """
      raw conversations → ingest → label → validate → split → prepare (shards) → train (adapter)

      Exit codes: 0 done, 1 findings of severity error, 2 a run that failed, 64 wrong usage.

      EXAMPLES:
        kto-data validate data/raw
        kto-data init data/raw --cache data/models
        kto-data prepare --config kto.yaml --cache data/models
        kto-data train --config kto.yaml --cache data/models
      """,
    version: versionText(),
    // In the order in which a newcomer meets them.
    subcommands: [
      InitCommand.self, ValidateCommand.self, FixCommand.self, IngestCommand.self, LabelCommand.self,
      ImportHFCommand.self, DedupCommand.self, SplitCommand.self, ExportCommand.self, PrepareCommand.self,
      VerifyCommand.self, InspectCommand.self,
      StatsCommand.self, ReportCommand.self, PlanCommand.self, TrainCommand.self, GenerateCommand.self,
      CompareCommand.self,
      ExportAdapterCommand.self, MergeCommand.self,
      ModelCommand.self, TokenizeCommand.self, DetokenizeCommand.self, RenderCommand.self, ConfigCommand.self,
      FormatsCommand.self, ExplainCommand.self, DoctorCommand.self, ManualCommand.self,
    ])
}
