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
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// `--allow`: codes of errors, with commas between them.
struct AllowedCodes: ExpressibleByArgument {
  var codes: Set<String>

  init?(argument: String) {
    let names = argument.split(separator: ",")
    let known = names.compactMap { catalogued(String($0)) }
    // A warning stops nothing: to allow one would look as if it did something.
    guard !names.isEmpty, known.count == names.count, known.allSatisfy({ $0.severity == .error }) else {
      return nil
    }
    codes = Set(known.map(\.id))
  }

  static var defaultCompletionKind: CompletionKind {
    .list(codeCatalogue.filter { $0.severity == .error }.map(\.id))
  }

  /// Why a text is not such a list, and what may have been meant.
  static func hint(for argument: String) -> String? {
    for name in argument.split(separator: ",") {
      guard let code = catalogued(String(name)) else { return codeHint(for: String(name)) }
      if code.severity != .error {
        return "\(code.id) is a \(code.severity.rawValue), which stops nothing and needs no allowance"
      }
    }
    return nil
  }
}

extension [AllowedCodes] {
  /// The codes of an option that was given any number of times.
  var codes: Set<String> { Set(flatMap(\.codes)) }
}

/// How files of raw conversations are read: `--format`, `--strict` and `--jobs`.
struct ReadingOptions: ParsableArguments {
  @Option(help: "How the files are written; by default it is told from each file's first 64 records.")
  var format: FormatName?

  @Option(
    help: ArgumentHelp(
      "A file that says which field of a record is the prompt, the answer, the label and so on (docs/mapping.md).",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var map: String?

  @Flag(help: "Apply the formats' JSON Schemas and XML Schema, too, as in schemas/ (E11).")
  var strict = false

  @Option(help: "Threads; by default the cores this process may run on. The output does not depend on it.")
  var jobs = Machine.usableCoreCount()

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 1024") }
    if map != nil, format?.name != nil {
      throw ValidationError("--map says itself what a record is: leave --format out")
    }
  }

  /// The files that say how records are read, which no output may replace.
  func meanings(_ data: DataConfiguration) -> [String] {
    [map ?? data.map, data.label.rules].compactMap { $0 }
  }

  /// What happens to records, by these options and the configuration.
  /// - Throws: what reading a file of label rules throws.
  func pipeline(_ data: DataConfiguration) throws -> PipelineOptions {
    var options = PipelineOptions(
      format: format.map(\.name) ?? (data.format == "auto" ? nil : data.format), label: data.label, jobs: jobs
    )
    options.mapping = try (map ?? data.map).map { try RecordMapping(path: $0) }
    options.labelRules = try data.label.rules.map { try LabelRuleFile(path: $0) }
    options.isStrict = strict
    options.scratchFolder = environmentValue("TMPDIR") ?? "/tmp"
    options.duckDB = duckDBLibrary()
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
