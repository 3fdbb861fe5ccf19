package import KTOCore

/// Files that are divided into parts already: what `split` wrote, or what a configuration names.
package struct PartFiles: Sendable, Equatable {
  package struct Part: Sendable, Equatable {
    package var name: String
    package var files: [String]

    package init(name: String, files: [String]) {
      self.name = name
      self.files = files
    }
  }

  /// `train`, `validation`, `test`, then the others by name.
  package let parts: [Part]
  /// What says so: a file's path or a key's.
  package let origin: String
  /// What was found where the files are and is not read.
  package internal(set) var findings: [Diagnostic] = []

  /// The files of all parts, in their order.
  package var files: InputFiles {
    var files = InputFiles(parts.flatMap(\.files))
    files.findings = findings
    return files
  }

  /// - Throws: `PartError.noTrain`, `.badName`, `.fileInTwoParts`.
  package init(_ parts: [Part], origin: String) throws(PartError) {
    if let part = parts.first(where: { !SplitRatios.isName($0.name) }) {
      throw .badName(part.name, origin: origin)
    }
    guard parts.count <= 100, parts.contains(where: { $0.name == "train" }) else {
      throw .noTrain(origin: origin)
    }
    var seen: [String: String] = [:]
    for part in parts {
      for file in part.files {
        if let other = seen.updateValue(part.name, forKey: file) {
          throw .fileInTwoParts(file, other, part.name)
        }
      }
    }
    let order = SplitRatios.ordered(parts.map { SplitRatios.Part($0.name, 0) })
    self.parts = order.compactMap { wanted in parts.first { $0.name == wanted.name } }
    self.origin = origin
  }

  /// The parts of a folder that `split` wrote: one that holds `split.json`, and is the only input.
  /// - Returns: nil where no input is such a folder.
  /// - Throws: `PartError`; `FileError` and `JSONSyntaxError` for a `split.json` that cannot be read.
  package static func split(in inputs: [String]) throws -> PartFiles? {
    guard
      let folder = inputs.first(where: {
        fileKind($0) == .folder && fileKind("\($0)/\(SplitRun.reportName)") == .file
      })
    else { return nil }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let origin = "\(base)/\(SplitRun.reportName)"
    guard inputs.count == 1 else { throw PartError.notAlone(folder: base) }
    var parser = JSONParser(maxDepth: 64)
    guard let splits = try parser.parse(readFile(origin, limit: 64 << 20))["splits"]?.object else {
      throw PartError.noTrain(origin: origin)
    }
    var parts: [Part] = []
    for member in splits.members where (member.node["rows"]?.int ?? 0) > 0 {
      let named = member.node["file"]?.string.map { [$0] }
      let names = named ?? filePerPartExports.compactMap { $0.fileName(split: member.key) }
      guard let name = names.first(where: { isPlainName($0) && fileKind("\(base)/\($0)") == .file }) else {
        throw PartError.missingFile(part: member.key, path: "\(base)/\(names[0])", origin: origin)
      }
      parts.append(Part(name: member.key, files: ["\(base)/\(name)"]))
    }
    return try PartFiles(parts, origin: origin)
  }
}

/// Why files cannot be taken as parts.
package enum PartError: Error, Equatable, Sendable {
  case noTrain(origin: String)
  case badName(String, origin: String)
  case fileInTwoParts(String, String, String)
  case missingFile(part: String, path: String, origin: String)
  case notAlone(folder: String)
}

extension PartError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noTrain(let origin): "\(origin) names no part \"train\" that has rows"
    case .badName(let name, let origin):
      "\(origin): \"\(excerpt(name))\" is no name of a part: up to 64 of a to z, 0 to 9, _ and -"
    case .fileInTwoParts(let file, let first, let second):
      "\(file) is in two parts: \(first) and \(second)"
    case .missingFile(let part, let path, let origin):
      "\(path) is missing, which \(origin) names for the part \(excerpt(part))"
    case .notAlone(let folder):
      "\(folder) holds parts that split made, so it must be the only input; to divide all again, name its files"
    }
  }
}

/// The part that each row was in when it was read.
package struct KeptParts: Sendable {
  let names: [String]
  /// What gave the parts, in a phrase for people.
  let origin: String
  /// A number of `names` for each row.
  let partOfRow: [UInt8]

  /// The parts that an earlier `split.json` of a folder names; empty where there is none.
  static func names(inReportOf folder: String) -> [String] {
    var parser = JSONParser(maxDepth: 64)
    guard let bytes = try? readFile("\(folder)/\(SplitRun.reportName)", limit: 64 << 20),
      let splits = (try? parser.parse(bytes))?["splits"]?.object
    else { return [] }
    return splits.members.map(\.key).filter { SplitRatios.isName($0) }
  }
}
