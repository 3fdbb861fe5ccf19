internal import KTOCore

/// Files such as `train-00000-of-00002.jsonl`, whose number is known when the last row was written; then all appear.
///
/// A class because it owns the files, which copies of an export share.
final class NumberedFiles {
  private let folder: String
  private let parts: [String]
  private let force: Bool
  private let fileByteCount: Int
  private var files: [[JSONLinesFile]]

  init(folder: String, parts: [String], force: Bool, fileByteCount: Int) {
    self.folder = folder
    self.parts = parts
    self.force = force
    self.fileByteCount = fileByteCount
    files = parts.map { _ in [] }
  }

  /// Bytes of each part's files.
  var byteCounts: [Int] { files.map { $0.reduce(0) { $0 + $1.byteCount } } }

  func append(_ json: [UInt8], part: Int) throws {
    if let last = files[part].last, last.byteCount + json.count + 1 <= fileByteCount {
      return try last.append(json)
    }
    let name = "\(parts[part])-\(fiveDigits(files[part].count)).jsonl"
    let file = try JSONLinesFile(path: "\(folder)/\(name)", force: force)
    files[part].append(file)
    try file.append(json)
  }

  /// The names of the files, part by part.
  func finish() throws -> [String] {
    var names: [String] = []
    for (part, files) in zip(parts, files) {
      for (number, file) in files.enumerated() {
        let name = Self.name(part, number, of: files.count, ending: "jsonl")
        try file.finish(as: "\(folder)/\(name)")
        names.append(name)
      }
    }
    return names
  }

  /// Such as `train-00000-of-00002.jsonl`.
  static func name(_ part: String, _ number: Int, of count: Int, ending: String) -> String {
    "\(part)-\(fiveDigits(number))-of-\(fiveDigits(count)).\(ending)"
  }

  /// Whether a name is that of such a file of one of the parts.
  static func isName(_ name: String, parts: [String], endings: [String]) -> Bool {
    guard let dot = name.lastIndex(of: "."), endings.contains(String(name[name.index(after: dot)...])) else {
      return false
    }
    let words = name[..<dot].split(separator: "-", omittingEmptySubsequences: false)
    guard words.count >= 4, words[words.count - 2] == "of" else { return false }
    let numbers = [words[words.count - 3], words[words.count - 1]]
    return parts.contains(words.dropLast(3).joined(separator: "-"))
      && numbers.allSatisfy { $0.count >= 5 && $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }
}

private func fiveDigits(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
}
