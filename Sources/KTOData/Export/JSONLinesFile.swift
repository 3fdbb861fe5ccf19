internal import KTOCore

/// A file of one JSON value a line that appears whole or not at all.
///
/// A class because it owns the file, which copies of an export share.
final class JSONLinesFile {
  private var file: AtomicFile

  init(path: String, force: Bool) throws { file = try AtomicFile(path: path, force: force) }

  func append(_ json: [UInt8]) throws {
    try file.write(json)
    try file.write([0x0A])
  }

  func finish() throws { try file.commit() }
}
