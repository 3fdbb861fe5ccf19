internal import ArgumentParser
internal import KTOCore
internal import KTOData

/// `--format`, a member of the list of formats or `auto`.
struct FormatName: ExpressibleByArgument {
  /// Nil for `auto`.
  var name: String?

  init?(argument: String) {
    guard argument == "auto" || recordFormatNames.contains(argument) else { return nil }
    name = argument == "auto" ? nil : argument
  }

  static var allValueStrings: [String] { ["auto"] + recordFormatNames }
}

/// `--allow`: codes of the catalogue, with commas between them.
struct AllowedCodes: ExpressibleByArgument {
  var codes: Set<String>

  init?(argument: String) {
    let names = argument.split(separator: ",")
    let known = names.compactMap { catalogued(String($0))?.id }
    guard !names.isEmpty, known.count == names.count else { return nil }
    codes = Set(known)
  }
}

/// How files of raw conversations are read: `--format`, `--strict` and `--jobs`.
struct ReadingOptions: ParsableArguments {
  @Option(help: "How the files are written; by default it is told from each file's first 64 records.")
  var format: FormatName?

  @Flag(help: "Apply the formats' JSON Schemas and XML Schema, too, as in schemas/ (E11).")
  var strict = false

  @Option(help: "Threads; by default the cores this process may run on. The output does not depend on it.")
  var jobs = Machine.usableCoreCount()

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 1024") }
  }

  /// What happens to records, by these options and the configuration.
  func pipeline(_ data: DataConfiguration) -> PipelineOptions {
    var options = PipelineOptions(
      format: format.map(\.name) ?? (data.format == "auto" ? nil : data.format), label: data.label, jobs: jobs
    )
    options.isStrict = strict
    options.scratchFolder = environmentValue("TMPDIR") ?? "/tmp"
    return options
  }
}

/// `--show`.
struct FindingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Show at most so many findings of one code; 0 shows all.", valueName: "count"))
  var show = 10

  func validate() throws {
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
  }
}
