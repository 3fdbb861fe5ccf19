internal import KTOCore

/// Why a data set folder of Hugging Face cannot be read.
package enum HuggingFaceFolderError: Error, Equatable, Sendable {
  case notFolder(path: String)
  /// The card's YAML, at a place.
  case badCard(path: String, reason: String)
  case noConfiguration(String?, known: [String], path: String)
  /// A pattern of the card that leads out of the folder.
  case outside(String, path: String)
  case noFiles(path: String)
  /// A pattern of the card that no file has.
  case noMatch(String, path: String)
  /// Of files that are numbered to a count one is not there.
  case missingShard(path: String, count: Int)
}

extension HuggingFaceFolderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFolder(let path): "\(path) is not a folder"
    case .badCard(let path, let reason): "\(path): \(reason)"
    case .noConfiguration(let name?, let known, let path):
      "\(path) has no configuration \"\(excerpt(name))\": there are \(known.map { excerpt($0) }.joined(separator: ", "))"
    case .noConfiguration(nil, let known, let path):
      "\(path) has several configurations and none is the default: \(known.map { excerpt($0) }.joined(separator: ", "))"
    case .outside(let pattern, let path): "\(path): \"\(excerpt(pattern))\" leads out of the folder"
    case .noMatch(let pattern, let path): "\(path): no file is called \"\(excerpt(pattern))\""
    case .missingShard(let path, let count): "\(path) is missing, one of \(count) that belong together"
    case .noFiles(let path): "\(path) holds no files of records that names or README.md assign to a part"
    }
  }
}

/// Whether a folder says that it is a data set of Hugging Face, by `configs` in its `README.md`.
package func isHuggingFaceFolder(_ path: String) -> Bool {
  fileKind(path) == .folder
    && (try? PartFiles.cardYAML("\(path)/\(HuggingFaceCard.fileName)"))??["configs"] != nil
}

extension PartFiles {
  /// The parts of a data set folder as Hugging Face's `datasets` finds them: by `configs` in the YAML of `README.md`, and
  /// without it by the names of files and folders, such as `data/train-00000-of-00002.parquet` or `test.jsonl`.
  /// - Parameter configuration: the one to read, where there are several; nil for the default.
  /// - Throws: `HuggingFaceFolderError`, `PartError`, `FileError`.
  package static func huggingFace(_ folder: String, configuration: String? = nil) throws -> PartFiles {
    guard fileKind(folder) == .folder else { throw HuggingFaceFolderError.notFolder(path: folder) }
    let base = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let card = "\(base)/\(HuggingFaceCard.fileName)"
    if let yaml = try cardYAML(card), let configurations = yaml["configs"]?.items, !configurations.isEmpty {
      let chosen = try choose(configuration, of: configurations, card: card)
      if let files = chosen["data_files"] {
        let parts = try self.parts(files, in: base, card: card)
        for part in parts { try requireAllShards(part.files) }
        return try PartFiles(parts, origin: card)
      }
    } else if let configuration {
      throw HuggingFaceFolderError.noConfiguration(configuration, known: [], path: card)
    }
    let parts = try namedParts(in: base)
    guard !parts.isEmpty else { throw HuggingFaceFolderError.noFiles(path: base) }
    for part in parts { try requireAllShards(part.files) }
    return try PartFiles(parts, origin: base)
  }

  /// What stands between the two lines `---` at the top of a card; nil where there is no card, or none in it.
  fileprivate static func cardYAML(_ path: String) throws -> YAMLNode? {
    guard fileKind(path) == .file else { return nil }
    let lines = String(decoding: try readFile(path, limit: 16 << 20), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.hasSuffix("\r") ? $0.dropLast() : $0
      }
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return nil }
    // An empty line stands for the first, so that places are those of the file.
    let text = ([""] + lines[1..<end]).joined(separator: "\n") + "\n"
    do {
      return try YAMLParser().parse(Array(text.utf8), file: path)
    } catch {
      throw HuggingFaceFolderError.badCard(path: path, reason: "\(error)")
    }
  }

  private static func choose(
    _ name: String?, of configurations: [YAMLNode], card: String
  ) throws -> YAMLNode {
    let names = configurations.map { $0["config_name"]?.text ?? "default" }
    let known = HuggingFaceFolderError.noConfiguration(name, known: names, path: card)
    if let name {
      guard let index = names.firstIndex(of: name) else { throw known }
      return configurations[index]
    }
    if configurations.count == 1 { return configurations[0] }
    let isDefault: (Int) -> Bool = { index in
      if case .bool(true)? = configurations[index]["default"]?.value { return true }
      return names[index] == "default"
    }
    guard let index = configurations.indices.first(where: isDefault) else { throw known }
    return configurations[index]
  }

  /// `data_files`: a pattern or several, which are all `train`, or a list or mapping of parts and their patterns.
  private static func parts(_ files: YAMLNode, in base: String, card: String) throws -> [Part] {
    if let patterns = files.texts {
      return [Part(name: "train", files: try found(patterns, in: base, card: card))]
    }
    var parts: [Part] = []
    for entry in files.items ?? [] {
      parts.append(
        Part(
          name: entry["split"]?.text ?? "train",
          files: try found(entry["path"]?.texts ?? [], in: base, card: card)))
    }
    for member in files.members ?? [] {
      parts.append(Part(name: member.key, files: try found(member.node.texts ?? [], in: base, card: card)))
    }
    return parts
  }

  private static func found(_ patterns: [String], in base: String, card: String) throws -> [String] {
    var files: [String] = []
    for pattern in patterns {
      guard !pattern.hasPrefix("/"), !pattern.split(separator: "/").contains("..") else {
        throw HuggingFaceFolderError.outside(pattern, path: card)
      }
      let matches = FilePattern(pattern)?.matches(below: base) ?? ["\(base)/\(pattern)"]
      let found = matches.filter { fileKind($0) == .file }
      if found.isEmpty { throw HuggingFaceFolderError.noMatch(pattern, path: card) }
      for file in found where !files.contains(file) { files.append(file) }
    }
    guard !files.isEmpty else { throw HuggingFaceFolderError.noFiles(path: base) }
    return files
  }

  /// Refuses files such as `train-00000-of-00002.jsonl` of which some number is not there.
  private static func requireAllShards(_ files: [String]) throws {
    for file in files {
      guard let match = file.wholeMatch(of: /(.*-)(\d{5})-of-(\d{5})(\.[^\/]*)/), let count = Int(match.3)
      else {
        continue
      }
      for number in 0..<count {
        let digits = String(number)
        let name =
          "\(match.1)\(String(repeating: "0", count: 5 - digits.count))\(digits)-of-\(match.3)\(match.4)"
        guard files.contains(name) else {
          throw HuggingFaceFolderError.missingShard(path: name, count: count)
        }
      }
    }
  }

  /// Words by which a file or a folder belongs to a part.
  private static let words: [(part: String, words: Set<String>)] = [
    ("train", ["train", "training"]), ("validation", ["validation", "valid", "dev", "val"]),
    ("test", ["test", "testing", "eval", "evaluation"]),
  ]

  private static func namedParts(in base: String) throws -> [Part] {
    var files: [String: [String]] = [:]
    for pattern in ["*", "*/*", "*/*/*"] {
      for path in FilePattern(pattern)?.matches(below: base) ?? [] where fileKind(path) == .file {
        let below = path.dropFirst(base.count + 1)
        let neighbours = Set([fileName(path)])
        guard NotData.cause(of: path, among: neighbours) == nil,
          let part = words.first(where: { entry in
            below.lowercased().split { !$0.isLetter && !$0.isNumber }.contains {
              entry.words.contains(String($0))
            }
          })?.part
        else { continue }
        files[part, default: []].append(path)
      }
    }
    return files.sorted { $0.key < $1.key }.map { Part(name: $0.key, files: $0.value.sorted()) }
  }
}

extension YAMLNode {
  fileprivate var text: String? { if case .string(let text) = value { text } else { nil } }

  /// A text, or a list of nothing but texts.
  fileprivate var texts: [String]? {
    if let text { return [text] }
    guard let items, !items.isEmpty else { return nil }
    let texts = items.compactMap(\.text)
    return texts.count == items.count ? texts : nil
  }
}
