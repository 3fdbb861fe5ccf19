internal import KTOCore

/// Findings that are known already: they are counted, but neither shown nor do they fail a run.
///
/// A finding is known by its code, its file, the JSON pointer of its value, and a hash of what its row says (prompt,
/// completion, label and tools, or the record's text where that gives no example). Its line does not count, so that rows
/// may be put in or taken out elsewhere in the file; a row that was edited is new. Findings that are alike in all of
/// these are counted.
package struct FindingBaseline: Sendable {
  private var counts: [FindingIdentity: Int] = [:]
  /// How many findings it holds; of one that is read, those that were not taken yet.
  package private(set) var count = 0

  package init() {}

  mutating func add(_ identity: FindingIdentity, count: Int = 1) {
    counts[identity, default: 0] += count
    self.count += count
  }

  /// Whether the finding is known; each entry stands for as many findings as it was written for.
  mutating func take(_ identity: FindingIdentity) -> Bool {
    guard let left = counts[identity], left > 0 else { return false }
    counts[identity] = left - 1
    count -= 1
    return true
  }

  // MARK: - As a file

  /// The only version there is.
  private static let version = 1

  /// A JSON object with a line a finding, in order, so that a version control system shows what came and went.
  package var text: String {
    let entries = counts.map { ($0.key, $0.value) }.sorted { Self.key($0.0) < Self.key($1.0) }
    let lines = entries.map { identity, count in
      JSONValue.members([
        "code": .string(identity.code), "file": .string(identity.file),
        "pointer": .string(identity.pointer), "content": .string(identity.content),
        "count": .integer(count),
      ]).jsonText
    }
    return "{\"version\":\(Self.version),\"findings\":[\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }

  private static func key(_ identity: FindingIdentity) -> (String, String, String, String) {
    (identity.file, identity.code, identity.pointer, identity.content)
  }

  /// - Throws: `FileError`, `FindingBaselineError`.
  package init(path: String) throws {
    let bytes = try readFile(path)
    var parser = JSONParser()
    let node: JSONNode
    do {
      node = try parser.parse(bytes)
    } catch {
      throw FindingBaselineError(path: path, reason: "\(error) (byte \(error.offset))")
    }
    guard node["version"]?.int == Self.version, let entries = node["findings"]?.array else {
      throw FindingBaselineError(
        path: path, reason: "it has no version \(Self.version) with a list of findings")
    }
    for (number, entry) in entries.enumerated() {
      guard let code = entry["code"]?.string, let file = entry["file"]?.string,
        let pointer = entry["pointer"]?.string, let content = entry["content"]?.string,
        let count = entry["count"]?.int, (1...1 << 40).contains(count)
      else {
        throw FindingBaselineError(
          path: path, reason: "/findings/\(number) lacks code, file, pointer, content or a count from 1 on")
      }
      add(FindingIdentity(code: code, file: file, pointer: pointer, content: content), count: count)
    }
  }
}

/// Why a file is no baseline.
package struct FindingBaselineError: Error, Equatable, CustomStringConvertible {
  package var path: String
  package var reason: String

  package var description: String { "\(path) is not a baseline of findings: \(reason)" }
}
