internal import KTOCore

/// A file of one JSON value a line that appears whole or not at all.
///
/// A class because it owns the file, which copies of an export share.
final class JSONLinesFile {
  private var file: AtomicFile

  init(path: String, force: Bool) throws { file = try AtomicFile(path: path, force: force) }

  var byteCount: Int { file.byteCount }

  func append(_ json: [UInt8]) throws {
    try file.write(json)
    try file.write([0x0A])
  }

  func finish() throws { try file.commit() }

  /// Ends the file under another name than it was opened with.
  func finish(as path: String) throws { try file.commit(as: path) }
}

/// A file of one JSON array, an item a line, that appears whole or not at all.
final class JSONArrayFile {
  private var file: AtomicFile
  private var isEmpty = true

  init(path: String, force: Bool) throws { file = try AtomicFile(path: path, force: force) }

  func append(_ json: [UInt8]) throws {
    try file.write(isEmpty ? "[\n" : ",\n")
    try file.write(json)
    isEmpty = false
  }

  func finish() throws {
    try file.write(isEmpty ? "[]\n" : "\n]\n")
    try file.commit()
  }
}
