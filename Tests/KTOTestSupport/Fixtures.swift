package import Foundation
package import KTOCore

/// Files of the repository that tests read, found from this file's own place.
package enum Fixtures {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static func path(_ name: String) -> String { root.appending(path: "Tests/Fixtures/\(name)").path }

  /// The names of the folders in a folder, sorted.
  package static func folders(in name: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []
    return names.filter { fileKind(path(name) + "/" + $0) == .folder }.sorted()
  }

  /// A copy, in the system's temporary folder, of a folder whose binary files are kept as base64 text: each
  /// `FILE.base64` becomes `FILE` again.
  package static func unpacked(_ name: String) throws -> String {
    let copy = FileManager.default.temporaryDirectory.appending(path: "kto-\(UUID())")
    try FileManager.default.copyItem(at: URL(filePath: path(name)), to: copy)
    for file in try FileManager.default.subpathsOfDirectory(atPath: copy.path)
    where file.hasSuffix(".base64") {
      let text = copy.appending(path: file)
      let bytes = Data(base64Encoded: try Data(contentsOf: text), options: .ignoreUnknownCharacters)
      guard let bytes else { throw CocoaError(.fileReadCorruptFile) }
      try bytes.write(to: text.deletingPathExtension())
      try FileManager.default.removeItem(at: text)
    }
    return copy.path
  }

  /// The snapshot folder of the embedded model.
  package static var tinyModel: String {
    get throws {
      let model = root.appending(path: "data/models/models--kto-data--tiny-mistral")
      let commit = try String(contentsOf: model.appending(path: "refs/main"), encoding: .utf8)
      return model.appending(path: "snapshots/\(commit.trimmingCharacters(in: .whitespacesAndNewlines))").path
    }
  }

  /// The values of a JSONL file.
  package static func lines(_ path: String) throws -> [JSONNode] {
    var parser = JSONParser()
    return try readFile(path).split(separator: 0x0A).map { try parser.parse($0) }
  }

  package static func tokens(_ node: JSONNode?) -> [UInt32] {
    (node?.array ?? []).compactMap { $0.int.flatMap(UInt32.init(exactly:)) }
  }
}
