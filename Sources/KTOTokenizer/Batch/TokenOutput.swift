internal import KTOCore

/// Where the ids of a run go: a file that appears whole at the end, or standard output at once; with
/// `TokenFormat.u32` also `FILE.offsets`, 64-bit little-endian numbers: 0, then for each document the index behind
/// its last id.
package struct TokenOutput: ~Copyable {
  private var file: OutputFile
  private var offsets: AtomicFile?
  private var tokenCount: UInt64 = 0

  /// The name of the offsets beside a file of ids.
  package static func offsetsPath(_ path: String) -> String { path + ".offsets" }

  /// - Parameters:
  ///   - path: nil for standard output.
  ///   - withOffsets: whether to write `FILE.offsets`, where there is a path.
  ///   - force: whether files that exist may be replaced.
  /// - Throws: `FileError`.
  package init(path: String?, withOffsets: Bool, force: Bool) throws {
    self.init(
      file: try OutputFile(path: path, force: force),
      offsets: try withOffsets ? Self.openOffsets(of: path, force: force) : nil)
  }

  private init(file: consuming OutputFile, offsets: consuming AtomicFile?) {
    self.file = file
    self.offsets = offsets
  }

  private static func openOffsets(of path: String?, force: Bool) throws -> AtomicFile? {
    guard let path else { return nil }
    var offsets = try AtomicFile(path: offsetsPath(path), force: force)
    try offsets.write(littleEndian(0))
    return offsets
  }

  mutating func write(_ batch: EncodedBatch) throws {
    try file.write(batch.output)
    guard offsets != nil else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batch.tokenCounts.count * 8)
    for count in batch.tokenCounts {
      tokenCount += UInt64(count)
      bytes += littleEndian(tokenCount)
    }
    try offsets?.write(bytes)
  }

  /// Gives the files their names, the ids' last: where these are, the offsets are too.
  mutating func commit() throws {
    try offsets?.commit()
    try file.commit()
  }
}

private func littleEndian(_ number: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
