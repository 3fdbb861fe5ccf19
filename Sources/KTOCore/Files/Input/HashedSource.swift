/// Counts and hashes the bytes that pass.
final class HashedSource: ByteSource {
  private let source: any ByteSource
  private var hash = SHA256()
  private(set) var byteCount = 0
  /// The digest of all bytes; nil until the end was read.
  private(set) var sha256: String?

  init(_ source: any ByteSource) { self.source = source }

  func read(upTo limit: Int) throws -> [UInt8] {
    // The end of a terminal's input is read once: the next read would wait for more.
    if sha256 != nil { return [] }
    let piece = try source.read(upTo: limit)
    byteCount += piece.count
    if piece.isEmpty { sha256 = hash.finish() } else { hash.update(piece) }
    return piece
  }
}
