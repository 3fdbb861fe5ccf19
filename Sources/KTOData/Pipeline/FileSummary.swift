package import KTOCore

/// What was in one input file.
package struct FileSummary: Sendable, Equatable {
  /// What locations and sources call it.
  package var file: String
  /// The name of its format; nil where it holds no record that tells.
  package var format: String?
  /// Whole records cut from it, usable or not.
  package var records = 0
  /// Examples in them; a pair makes two.
  package var examples = 0
  /// Records, or examples of them, that cannot be used.
  package var rejected = 0
  /// Records that belong to the format but hold no example, such as the questions of a `Posts.xml`.
  package var empty = 0
  /// False where the file breaks off or is malformed.
  package var isComplete = true
  /// Fields of records that nothing reads, and in how many records each is.
  package var ignoredFields: [String: Int] = [:]
  /// Fields of records that nothing reads and that the examples carry as metadata, likewise.
  package var metadataFields: [String: Int] = [:]
  /// Bytes of the file as it lies on the disk, and their SHA-256; complete when its last row was handed out.
  package var byteCount = 0
  package var sha256 = ""

  package init(file: String, format: String? = nil) {
    self.file = file
    self.format = format
  }
}

extension FileSummary {
  /// A line for people: `a.jsonl (trl): 6 records, 4 examples, 2 rejected`.
  package var text: String {
    var parts = [counted(records, "record"), counted(examples, "example")]
    if rejected > 0 { parts.append("\(rejected) rejected") }
    if !isComplete { parts.append("broken") }
    var text = "\(file) (\(format ?? "unknown format")): " + parts.joined(separator: ", ")
    if !metadataFields.isEmpty { text += "; kept as metadata: " + names(of: metadataFields) }
    if !ignoredFields.isEmpty { text += "; not read: " + names(of: ignoredFields) }
    return text
  }

  /// The most frequent first.
  private func names(of fields: [String: Int]) -> String {
    let names = fields.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { excerpt($0.key) }
    return names.prefix(8).joined(separator: ", ")
      + (names.count > 8 ? ", … (\(names.count) fields)" : "")
  }

  package func json() -> JSONValue {
    .members([
      "file": .string(file), "format": format.map { .string($0) } ?? .null, "records": .integer(records),
      "examples": .integer(examples), "rejected": .integer(rejected), "empty": .integer(empty),
      "complete": .bool(isComplete), "bytes": .integer(byteCount), "sha256": .string(sha256),
      "metadata_fields": .object(sorted: metadataFields.map { ($0.key, .integer($0.value)) }),
      "ignored_fields": .object(sorted: ignoredFields.map { ($0.key, .integer($0.value)) }),
    ])
  }
}
