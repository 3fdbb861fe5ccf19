internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun

struct DedupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dedup", abstract: "Find exact, normalized and near duplicates, and leave them out.",
    discussion: """
      Reads what ingest reads and writes the examples that are left; the first of each set of duplicates is kept. With \
      --against, what an older set has is left out too. Without --output nothing is written but what was found.
      Near duplicates are found by MinHash and locality-sensitive hashing, and verified: no pair is joined whose share of \
      common shingles, of prompt and of completion, is below --threshold. --explain shows how many of those above it are \
      found. System messages have no shingles. A row that is alike to a duplicate of the kept one is left out, too, even \
      where it shares less with the kept one itself.
      --matches names each row that is left out, the one that is kept in its place, and how alike they are; labels_differ \
      marks those with the other label: of exact and normalized duplicates one label is wrong, of near ones the difference \
      may be the reason. With --of prompt that is no contradiction.
      --decontaminate leaves out examples that share a run of 13 words with a benchmark's texts.

      EXAMPLES:
        kto-data dedup data/raw -o unique.jsonl
        kto-data dedup data/raw --matches matches.jsonl
        kto-data dedup data/raw/Posts.xml --against unique.jsonl -o new.jsonl
        kto-data dedup --explain --threshold 0.7 --bands 32 --band-rows 4
      """)

  @Argument(
    help: "Files and folders; - is standard input, a folder stands for its files.", completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The file of the examples that are left; - is standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A file that names each match, one JSON object a line; - is standard output.", valueName: "file"),
    completion: .file())
  var matches: String?

  @Option(
    help: ArgumentHelp(
      "An older set: a file or folder whose examples are compared with and not written; may be repeated.",
      valueName: "path"),
    completion: .file())
  var against: [String] = []

  @OptionGroup var duplicates: DuplicateOptions

  @Flag(help: "Show how many near duplicates these options find, and stop where no file is named.")
  var explain = false

  @OptionGroup var contamination: ContaminationOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    try checkPlainName(matches)
    if let output, let matches, isSameOutput(output, matches) {
      throw ValidationError("--output and --matches name the same file: each needs one of its own")
    }
    guard !paths.isEmpty || explain else { throw ValidationError("name files or folders to read") }
  }

  func run() throws {
    let dedup = duplicates.options(jobs: reading.jobs)
    if explain { report(dedup.explanation) }
    guard !paths.isEmpty else { return }
    let data = try configuration.isGiven ? configuration.loadWithoutModel().data : DataConfiguration()
    let places = OutputPlaces(files: [output, matches].compactMap { $0 })
    let home = environmentValue("HOME")
    let older = against.isEmpty ? [] : try inputFiles(against, output: places, home: home)
    let files = try inputFiles(paths, output: places, home: home)
    let inputs = older.paths + files.paths + contamination.decontaminate
    var pipeline = try reading.pipeline(data)
    pipeline.encodesExamples = true
    pipeline.keepsMetadata = true
    pipeline.dedup = dedup
    // Opened first, so that a file that must not be replaced is refused before the work.
    var kept: OutputFile?
    if let output { kept = try OutputFile(named: output, force: options.force, inputs: inputs) }
    var named: OutputFile?
    if let matches { named = try OutputFile(named: matches, force: options.force, inputs: inputs) }
    pipeline.benchmarks = try contamination.index()
    var run = try DedupRun(dedup, scratchFolder: pipeline.scratchFolder)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    var lines: [String] = []
    var errorCount = 0
    var contaminated = ClassCounts()
    for (set, isOlder) in [(older, true), (files, false)] where !set.isEmpty {
      let progress = ReadingProgress(options.shown, files: set.paths, output: output)
      var reading = pipeline
      reading.readCounter = progress.counter
      if isOlder { reading.benchmarks = nil }
      let cursor = RowCursor(set, reading)
      try cursor.readAll(as: isOlder ? "older set" : "dedup", progress, showing: &findings) { row in
        guard row.state == .accepted else { return }
        if let overlap = row.overlap {
          contaminated.add(row.example?.label)
          try named?.write(Array(overlap.match(of: row).jsonText.utf8) + [0x0A])
        } else {
          try run.append(row, isOlder: isOlder)
        }
      }
      errorCount += cursor.account.errorCount
      lines += (isOlder ? ["older set:"] : []) + cursor.summaries.map(\.text)
      if !isOlder { lines += cursor.account.lines }
    }
    findings.end()
    let line = ProgressLine(options.shown, isWanted: true)
    try run.search { band, bands in
      if line.isDue { line.show("compare", done: band, of: bands, unit: "bands") }
    }
    line.end()
    if kept != nil { try run.forEachKept { try kept?.write($0 + [0x0A]) } }
    try run.forEachMatch { try named?.write(Array($0.json.jsonText.utf8) + [0x0A]) }
    try kept?.commit()
    try named?.commit()
    if let index = pipeline.benchmarks { lines += index.lines(removed: contaminated) }
    lines += run.report.lines(dedup, hasOlder: !older.isEmpty)
    report(lines.joined(separator: "\n"))
    if errorCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  /// Where examples or matches go to standard output, the report does not.
  private func report(_ text: String) {
    if output == "-" || matches == "-" { options.terminal.error.writeError(text + "\n") } else { print(text) }
  }
}
