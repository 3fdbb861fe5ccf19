internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct FixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fix", abstract: "Repair copies of raw files where a repair cannot change a label.",
    discussion: """
      Copies files with safe repairs, and shows each as a difference. The files themselves are never changed, and a \
      record that needs no repair keeps its bytes. The repairs: \
      \(repairs.filter { $0.mask == nil }.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")). On request with \
      --mask: \(repairs.compactMap { repair in repair.mask.map { "\($0) (\(repair.summary))" } }.joined(separator: "; ")).
      docs/fix.md says what each does and what it leaves alone; kto-data explain NAME does, too.

      EXAMPLES:
        kto-data fix data/raw --dry-run
        kto-data fix data/raw -o fixed
        kto-data fix data/raw/sharegpt.json -o sharegpt.json --mask mail,key
      """)

  @Argument(help: "Files and folders; a folder stands for its files.", completion: .file())
  var paths: [String]

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The folder of the copies, which keep their paths below what they have in common; for one file also the file to write.",
      valueName: "dir|file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("What to put placeholders in the place of: \(MaskNames.allNames).", valueName: "kinds")
  )
  var mask: [MaskNames] = []

  @Option(help: ArgumentHelp("Repairs that are not made, as in blanks,duplicates.", valueName: "names"))
  var skip: [RepairNames] = []

  @Flag(help: "Show what would be repaired, and write nothing.")
  var dryRun = false

  @Option(help: "How the files are written; by default it is told from each file's first 64 records.")
  var format: FormatName?

  @Option(help: ArgumentHelp("Show so many changes of each repair in each file.", valueName: "count"))
  var show = 3

  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
    if paths.contains("-") || output == "-" {
      throw ValidationError("fix copies files: name files or folders, not a pipe")
    }
    guard dryRun || output != nil else {
      throw ValidationError(
        "name the folder or the file of the copies with --output, or look first with --dry-run")
    }
  }

  func run() throws {
    let files = try inputFiles(
      paths, output: output.map { OutputPlaces(folder: $0, names: []) } ?? OutputPlaces(),
      home: environmentValue("HOME"))
    for finding in files.findings { options.terminal.error.show(finding) }
    var repairing = RepairOptions(
      repairs: chosenRepairs(skipping: Set(skip.flatMap(\.names)), masks: Set(mask.flatMap(\.names))),
      format: format?.name)
    repairing.shownLimit = show
    let copies = try output.map { try copyPaths(of: files.paths, at: $0) }
    var hasErrors = false
    for (index, file) in files.files.enumerated() {
      let target = dryRun ? nil : copies?[index]
      var copy: AtomicFile?
      if let target {
        guard !files.paths.contains(where: { isSameFile($0, target) }) else {
          throw FileError.isInput(path: target)
        }
        try makeDirectory(fileFolder(target))
        copy = try AtomicFile(path: target, force: options.force)
      }
      let result = try repairFile(file, repairing) { try copy?.write($0) }
      if let finding = result.finding {
        options.terminal.error.show(finding)
        hasErrors = hasErrors || finding.severity == .error
      }
      guard !result.isRefused else { continue }
      try copy?.commit()
      show(result, target: target)
    }
    if hasErrors { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private func show(_ result: RepairedFile, target: String?) {
    let terminal = options.terminal.output
    var parts = [counted(result.records, "record"), "\(result.changed) changed"]
    if result.removed > 0 { parts.append("\(result.removed) taken away") }
    if result.kept > 0 { parts.append("\(result.kept) left alone, since a label would have changed") }
    if result.unread > 0 { parts.append("\(result.unread) whose texts are not read and stay as they are") }
    if !result.encodings.isEmpty { parts.append("read as \(result.encodings.joined(separator: ", "))") }
    terminal.write(
      terminal.paint(result.file, .bold) + (target.map { " → \($0)" } ?? "") + ": "
        + parts.joined(separator: ", ")
        + "\n")
    for repair in repairs {
      guard let count = result.edits[repair.name] else { continue }
      terminal.write("  \(repair.name): \(count)\n")
      for change in result.changes where change.repair == repair.name {
        terminal.write("  " + terminal.paint("@@ \(change.location)", .cyan) + "\n")
        terminal.write("  " + terminal.paint("-" + change.before, .red) + "\n")
        if let after = change.after { terminal.write("  " + terminal.paint("+" + after, .green) + "\n") }
      }
    }
  }

  /// Where the copies go: the file itself for one, otherwise the paths below what all have in common, without the
  /// endings of what was compressed.
  private func copyPaths(of paths: [String], at output: String) throws -> [String] {
    let isFolder =
      output.hasSuffix("/") || fileKind(output) == .folder || paths.count != 1
      || self.paths.contains { fileKind($0) == .folder }
    guard isFolder else { return [output] }
    var common = paths.first.map { fileFolder($0) } ?? "."
    while !paths.allSatisfy({
      fileFolder($0) == common || fileFolder($0).hasPrefix(common == "/" ? "/" : common + "/")
    }),
      common != ".", common != "/"
    {
      common = fileFolder(common)
    }
    let names = paths.map { path -> String in
      var name = common == "." ? path : String(path.dropFirst(common == "/" ? 1 : common.count + 1))
      while let ending = [".gz", ".zst", ".bz2", ".xz"].first(where: { name.hasSuffix($0) }) {
        name.removeLast(ending.count)
      }
      return name.hasPrefix("../") || name.hasPrefix("/") ? fileName(name) : name
    }
    if let twice = names.first(where: { name in names.count(where: { $0 == name }) > 1 }) {
      throw ValidationError("two of the files would be written to \(twice): fix them one by one")
    }
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    return names.map { "\(folder)/\($0)" }
  }
}

/// `--mask`: kinds of personal data, with commas between them.
struct MaskNames: ExpressibleByArgument {
  var names: Set<String>

  private static let all = repairs.compactMap { $0.mask }
  static let allNames = all.joined(separator: ", ")

  init?(argument: String) {
    let names = argument.split(separator: ",").map { String($0) }
    guard !names.isEmpty, names.allSatisfy({ Self.all.contains($0) }) else { return nil }
    self.names = Set(names)
  }

  static var defaultCompletionKind: CompletionKind { .list(all) }
  static var allValueStrings: [String] { all }
}

/// `--skip`: names of repairs, with commas between them.
struct RepairNames: ExpressibleByArgument {
  var names: Set<String>

  private static let all = repairs.filter { $0.mask == nil }.map { $0.name }

  init?(argument: String) {
    let names = argument.split(separator: ",").map { String($0) }
    guard !names.isEmpty, names.allSatisfy({ Self.all.contains($0) }) else { return nil }
    self.names = Set(names)
  }

  static var defaultCompletionKind: CompletionKind { .list(all) }
  static var allValueStrings: [String] { all }
}
