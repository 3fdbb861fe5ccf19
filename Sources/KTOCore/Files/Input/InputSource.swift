internal import Glibc

/// The input that a user names, decompressed and in UTF-8, read once from front to back.
///
/// A path, a named pipe, `/dev/fd/N` (which a shell's `<(…)` is) or `-` for standard input: none is opened a second
/// time or asked for its size. The raw bytes, as they lie in the file, are counted and hashed as they pass. A byte-order
/// mark of UTF-8 stays.
package final class InputSource: ByteSource {
  /// What messages call it: the path, or `standard input` for `-`.
  package let name: String
  /// What was undone, the outermost first, such as `["zstd", "utf-16le"]`.
  package let encodings: [String]
  private let raw: HashedSource
  private let decoded: any ByteSource

  /// The same encodings can lie in each other; a file that decompresses to itself never ends.
  static let layerLimit = 4

  /// Opens a path and reads as much as tells what it is, which waits where a pipe has nothing yet.
  /// - Throws: `FileError`; `InputError.refused`. What is wrong farther on, `read(upTo:)` throws.
  package convenience init(_ path: String) throws {
    let name = path == "-" ? "standard input" : path
    let file =
      if let descriptor = openDescriptor(path) {
        try FileByteSource(descriptor: descriptor, named: name)
      } else {
        try FileByteSource(path: path)
      }
    try self.init(file, named: name)
  }

  /// Reads from a source, whose bytes count as raw.
  /// - Throws: `InputError`.
  package init(_ source: some ByteSource, named name: String) throws {
    self.name = name
    raw = HashedSource(source)
    (decoded, encodings) = try decode(BufferedSource(raw), named: name)
  }

  /// What a file holds as `rows` gives it, where the file is no text; its own bytes are counted and hashed when the rows
  /// have ended.
  package init(_ file: FileByteSource, as rows: any ByteSource, encoding: String, named name: String) {
    self.name = name
    encodings = [encoding]
    raw = HashedSource(file)
    decoded = RowsBeforeBytes(rows: rows, bytes: raw)
  }

  package func read(upTo limit: Int) throws -> [UInt8] { try decoded.read(upTo: limit) }

  /// Raw bytes read so far; all of them after the end.
  package var rawByteCount: Int { raw.byteCount }

  /// The SHA-256 of the raw bytes, as 64 hexadecimal digits; nil until they were read to their end, which is so when
  /// `read(upTo:)` gives no more.
  package var sha256: String? { raw.sha256 }
}

/// Rows, at whose end all bytes that they were made of are read too.
private final class RowsBeforeBytes: ByteSource {
  private let rows: any ByteSource
  private let bytes: HashedSource

  init(rows: any ByteSource, bytes: HashedSource) {
    self.rows = rows
    self.bytes = bytes
  }

  func read(upTo limit: Int) throws -> [UInt8] {
    let piece = try rows.read(upTo: limit)
    if piece.isEmpty { while try !bytes.read(upTo: 1 << 20).isEmpty {} }
    return piece
  }
}

/// The descriptor that a path stands for; nil for any other path.
///
/// To open `/dev/stdin` would begin a redirected file again from its first byte, and fail for a socket.
private func openDescriptor(_ path: String) -> Int32? {
  if path == "-" || path == "/dev/stdin" { return STDIN_FILENO }
  for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
    return Int32(path.dropFirst(folder.count))
  }
  return nil
}

/// Undoes one encoding after the other, by the first bytes.
private func decode(_ source: BufferedSource, named name: String) throws -> (any ByteSource, [String]) {
  var source = source
  var encodings: [String] = []
  while true {
    let head = source.peek(RefusedFormat.headByteCount)
    if let format = RefusedFormat.all.first(where: { $0.isRecognized(in: head) }) {
      throw InputError.refused(path: name, format: format)
    }
    if let order = UTF16ByteOrder(head) {
      source.skip(UTF16ByteOrder.markByteCount)
      return (UTF16Source(source, order, path: name), encodings + [order.name])
    }
    guard let codec = decompressors.first(where: { $0.begins(head) }) else { return (source, encodings) }
    guard encodings.count < InputSource.layerLimit else {
      throw InputError.tooManyLayers(path: name, limit: InputSource.layerLimit)
    }
    encodings.append(codec.name)
    source = BufferedSource(try DecompressedSource(source, by: codec, path: name))
  }
}
