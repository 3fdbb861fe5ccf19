internal import KTOCore

/// `quarantine.jsonl`: each bad record as text, with the reason it was put aside.
struct Quarantine: ~Copyable {
  static let fileName = "quarantine.jsonl"

  private var file: AtomicFile
  private(set) var count = 0

  init(folder: String, force: Bool) throws {
    try makeDirectory(folder)
    file = try AtomicFile(path: "\(folder)/\(Self.fileName)", force: force)
  }

  /// - Parameter record: its text as it stood in the file; the example's own JSON where that is gone.
  mutating func add(_ diagnostic: Diagnostic, record: [UInt8]) throws {
    let location = diagnostic.location.map { location in
      JSONValue.members([
        "file": .string(location.file), "line": .integer(location.line), "column": .integer(location.column),
        "byteOffset": .integer(location.byteOffset), "pointer": .string(diagnostic.pointer),
      ])
    }
    let line = JSONValue.members([
      "code": .string(diagnostic.code), "reason": .string(diagnostic.message),
      "location": location ?? .null, "record": .string(String(decoding: record, as: UTF8.self)),
    ])
    try file.write(line.jsonText)
    try file.write("\n")
    count += 1
  }

  mutating func commit() throws { try file.commit() }
}
