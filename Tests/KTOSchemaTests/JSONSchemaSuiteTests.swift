import Foundation
import KTOCore
import KTOSchema
import Testing

/// The official test suite, where `KTO_JSON_SCHEMA_SUITE` names its folder and `KTO_JSON_SCHEMA_METASCHEMAS` that of the
/// draft's own schemas.
///
/// Required are all files of `tests/draft2020-12`. Of `optional` none has to pass; the report says which do not.
struct JSONSchemaSuiteTests {
  private static let suite = ProcessInfo.processInfo.environment["KTO_JSON_SCHEMA_SUITE"]
  private static let metaschemas = ProcessInfo.processInfo.environment["KTO_JSON_SCHEMA_METASCHEMAS"]
  private static let draft = "https://json-schema.org/draft/2020-12/"

  private func node(_ path: String) throws -> JSONNode {
    var parser = JSONParser()
    return try parser.parse(readFile(path))
  }

  private func files(below folder: String) throws -> [String] {
    try folderEntries(folder).flatMap { entry in
      entry.kind == .folder ? try files(below: "\(folder)/\(entry.name)") : ["\(folder)/\(entry.name)"]
    }
  }

  /// What schemas of the suite refer to: its remotes, as if a server had them, and the draft's schemas.
  private func documents(_ suite: String, _ metaschemas: String) throws -> [(uri: String, node: JSONNode)] {
    let remotes = "\(suite)/remotes"
    var documents: [(uri: String, node: JSONNode)] = []
    for path in try files(below: remotes) {
      let name = String(path.dropFirst(remotes.count + 1))
      guard !name.hasPrefix("draft") || name.hasPrefix("draft2020-12/") else { continue }
      documents.append(("http://localhost:1234/\(name)", try node(path)))
    }
    for path in try files(below: metaschemas) {
      let document = try node(path)
      if let id = document["$id"]?.string { documents.append((id, document)) }
    }
    return documents
  }

  /// The tests of a file that fail, and how many there are.
  private func run(
    _ path: String, _ documents: [(uri: String, node: JSONNode)]
  ) throws -> (count: Int, failures: [String]) {
    var count = 0
    var failures: [String] = []
    for group in try #require(try node(path).array) {
      let name = group["description"]?.string ?? ""
      let tests = group["tests"]?.array ?? []
      count += tests.count
      guard let document = group["schema"] else { continue }
      let schema: JSONSchema
      do {
        schema = try JSONSchema(document, name: "schema", documents: documents, unknownKeywords: .ignored)
      } catch {
        failures.append("\(name): \(error)")
        // Each of its tests fails.
        failures += tests.dropFirst().map { _ in "\(name)" }
        continue
      }
      for test in tests {
        guard let data = test["data"], let isValid = test["valid"]?.bool else { continue }
        if schema.isValid(data) != isValid {
          failures.append("\(name): \(test["description"]?.string ?? "")")
        }
      }
    }
    return (count, failures)
  }

  @Test(.enabled(if: suite != nil && metaschemas != nil))
  func `every required test of the official suite passes`() throws {
    let suite = try #require(Self.suite)
    let folder = "\(suite)/tests/draft2020-12"
    let documents = try documents(suite, try #require(Self.metaschemas))
    var required = (count: 0, failed: 0)
    var optional = (count: 0, failed: 0)
    for path in try files(below: folder) {
      let name = String(path.dropFirst(folder.count + 1))
      let got = try run(path, documents)
      if name.hasPrefix("optional/") {
        optional = (optional.count + got.count, optional.failed + got.failures.count)
        if !got.failures.isEmpty {
          print("schema suite: \(name): \(got.failures.count) of \(got.count) differ")
        }
        if !name.hasPrefix("optional/format") {
          for failure in got.failures { print("schema suite:   \(failure)") }
        }
      } else {
        required = (required.count + got.count, required.failed + got.failures.count)
        #expect(got.failures == [], "\(name)")
        for failure in got.failures { print("schema suite: \(name): \(failure)") }
      }
    }
    print("schema suite: required: \(required.count - required.failed) of \(required.count) pass")
    print("schema suite: optional: \(optional.count - optional.failed) of \(optional.count) pass")
    #expect(required.count > 1000)
  }
}
