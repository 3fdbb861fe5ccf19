internal import KTOCore

/// The search for the files that inputs name; see `inputFiles`.
struct InputSearch {
  private(set) var result = InputFiles()
  private let home: String?
  private let outputs: OutputIdentities
  /// Files and folders that were found, each by its identity, with the path that it was found by.
  private var seen: [FileIdentity: String] = [:]
  /// What is left out of the input that is being searched.
  private var leftOut = LeftOut()

  init(_ output: OutputPlaces, home: String?) {
    self.home = home
    outputs = OutputIdentities(output)
  }

  /// Adds what one input stands for.
  mutating func take(_ input: String) throws {
    if input == "-" { return try name(input) }
    let path = atHome(input)
    leftOut = LeftOut(of: path)
    switch fileKind(path) {
    case .folder: try search(path)
    case nil: try match(path)
    case .danglingLink:
      throw IngestError.danglingLink(path: path, target: linkTarget(path) ?? "")
    case .file, .other: try name(path)
    }
  }

  /// `~/x` in the home folder, unless there is a folder of the name `~`.
  private func atHome(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), fileKind(path) == nil, let home, !home.isEmpty else {
      return path
    }
    return home + path.dropFirst()
  }

  /// A file that is named.
  private mutating func name(_ path: String) throws {
    if let output = outputs.files.first(where: { isSameFile(path, $0.path) }) {
      throw FileError.isInput(path: output.path)
    }
    if path != "-", fileKind(path) == .file {
      if let obstacle = readingObstacle(path) { throw FileError.cannotOpen(path: path, reason: obstacle) }
      if let first = note(path) {
        let message = first == path ? "the file is named twice" : "the file is \(first) again"
        result.findings.append(Diagnostic(.leftOut, at: .whole(path), message: "\(message); it is read once"))
        return
      }
    }
    result.files.append(InputFile(path: path, isNamed: true))
  }

  /// What a path with wildcards stands for.
  private mutating func match(_ path: String) throws {
    guard let pattern = FilePattern(path) else { throw IngestError.missing(path) }
    let matches = pattern.matches()
    guard !matches.isEmpty else { throw IngestError.noMatch(pattern: path, folder: pattern.folder) }
    let count = result.files.count
    for match in matches {
      switch fileKind(match) {
      case .folder: try walk(match, under: [], isNamed: false)
      case let kind: try consider(match, kind, among: [])
      }
    }
    try end(path, addedSince: count)
  }

  private mutating func search(_ folder: String) throws {
    if let obstacle = readingObstacle(folder) { throw FileError.cannotOpen(path: folder, reason: obstacle) }
    let count = result.files.count
    try walk(folder, under: [], isNamed: true)
    try end(folder, addedSince: count)
  }

  /// Tells what was left out of an input.
  private mutating func end(_ input: String, addedSince count: Int) throws {
    guard result.files.count > count || leftOut.holdsData else {
      throw IngestError.nothingToRead(input, leftOut: leftOut.description)
    }
    if !leftOut.isEmpty {
      result.findings.append(Diagnostic(.leftOut, at: .whole(input), message: "not read: \(leftOut)"))
    }
  }

  // MARK: - Folders

  /// - Parameter ancestors: the folders that lead here.
  private mutating func walk(_ folder: String, under ancestors: Set<FileIdentity>, isNamed: Bool = false)
    throws
  {
    guard let identity = FileIdentity(folder) else { return }
    if ancestors.contains(identity) {
      return cannotRead(folder, "a link back to a folder that it lies in")
    }
    if !isNamed, identity == outputs.folder { return leftOut.add(folder, .output) }
    if let first = note(folder), first != folder { return leftOut.add(folder, .foundTwice) }
    let entries: [FolderEntry]
    do { entries = try folderEntries(folder) } catch let error as FileError {
      return cannotRead(folder, error.reason)
    }
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    // A path's order is that of its bytes, so a folder's name counts with the slash behind it.
    let sorted = entries.map { (key: $0.kind == .folder ? $0.name + "/" : $0.name, entry: $0) }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.entry)
    let names = Set(entries.map(\.name))
    for entry in sorted {
      let path = base + entry.name
      if entry.name.hasPrefix(".") || entry.name == "__MACOSX" || entry.name == "__pycache__" {
        leftOut.add(path, .hidden)
      } else if entry.kind == .folder {
        try walk(path, under: ancestors.union([identity]))
      } else {
        try consider(path, entry.kind, among: names)
      }
    }
  }

  /// A file, or what is no file, that was found.
  /// - Parameter neighbours: the names in its folder.
  private mutating func consider(_ path: String, _ kind: FileKind?, among neighbours: Set<String>) throws {
    switch kind {
    case nil:
      return cannotRead(path, "it is gone")
    case .danglingLink:
      return cannotRead(path, "a link to \(excerpt(linkTarget(path) ?? "")), which does not exist")
    case .other: return cannotRead(path, "a pipe, a socket or a device is read only where it is named")
    case .folder, .file: break
    }
    if outputs.isWritten(at: path) {
      if outputs.areNamed { leftOut.add(path, .output) }
      return
    }
    if let output = outputs.files.first(where: { isSameFile(path, $0.path) }) {
      throw FileError.isInput(path: output.path)
    }
    if let cause = NotData.cause(of: path, among: neighbours) { return leftOut.add(path, cause) }
    if (try? fileByteCount(path)) == 0 { return cannotRead(path, "the file is empty") }
    if let obstacle = readingObstacle(path) {
      return cannotRead(path, path.contains("\u{FFFD}") ? "its name is not UTF-8" : obstacle)
    }
    if note(path) != nil { return leftOut.add(path, .foundTwice) }
    result.files.append(InputFile(path: path, isNamed: false))
  }

  private mutating func cannotRead(_ path: String, _ cause: String) {
    leftOut.namedElsewhere.append(path)
    result.findings.append(
      Diagnostic(.unreadable, at: .whole(path), message: "this is left out: \(cause)"))
  }

  /// Notes what is at a path; the path by which it was found before, if it was.
  private mutating func note(_ path: String) -> String? {
    guard let identity = FileIdentity(path) else { return nil }
    if let first = seen[identity] { return first }
    seen[identity] = path
    return nil
  }
}

/// What an input led to and is not read, by cause.
struct LeftOut: CustomStringConvertible {
  private let input: String
  private var paths: [NotData: [String]] = [:]
  /// What has a finding of its own.
  var namedElsewhere: [String] = []

  init(of input: String = "") { self.input = input.hasSuffix("/") ? input : input + "/" }

  var isEmpty: Bool { paths.isEmpty }
  /// Whether there is data, which is read as part of another input.
  var holdsData: Bool { paths[.foundTwice] != nil }

  mutating func add(_ path: String, _ cause: NotData) { paths[cause, default: []].append(path) }

  /// `README.md (documentation); out.jsonl (the output)`, of each cause some.
  var description: String {
    let causes = NotData.allCases.compactMap { cause in
      paths[cause].map { "\(list($0)) (\(cause.rawValue))" }
    }
    let others = namedElsewhere.isEmpty || !causes.isEmpty ? [] : [list(namedElsewhere)]
    return (causes + others).joined(separator: "; ")
  }

  /// Some of the paths, as they lie in the input.
  private func list(_ paths: [String]) -> String {
    let shown = paths.prefix(5).map { $0.hasPrefix(input) ? String($0.dropFirst(input.count)) : $0 }
    let names = shown.map { excerpt($0, limit: 60) }.joined(separator: ", ")
    return paths.count > 5 ? "\(names), … (\(paths.count) in all)" : names
  }
}

/// What the command writes, as it lies on the disk.
private struct OutputIdentities {
  let folder: FileIdentity?
  let files: [(path: String, folder: FileIdentity?)]
  let areNamed: Bool

  init(_ places: OutputPlaces) {
    areNamed = places.areNamed
    folder = places.folder.flatMap { FileIdentity($0) }
    files = places.files.filter { $0 != "-" }.map { ($0, FileIdentity(fileFolder($0))) }
  }

  /// Whether the path is one that is written, by whatever way through folders; a link to such a file is not.
  func isWritten(at path: String) -> Bool {
    files.contains { file in
      fileName(file.path) == fileName(path) && file.folder != nil
        && file.folder == FileIdentity(fileFolder(path))
    }
  }
}

extension FileError {
  /// Why a file or folder cannot be opened or read.
  var reason: String {
    switch self {
    case .cannotOpen(_, let reason), .cannotRead(_, let reason), .cannotWrite(_, let reason): reason
    default: description
    }
  }
}
