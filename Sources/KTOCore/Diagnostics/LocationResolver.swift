/// Turns byte offsets into lines and columns, reading the file again only when a diagnostic needs it.
///
/// Offsets asked for in ascending order cost one pass over the file in all.
package struct LocationResolver {
  private let path: String
  private let name: String
  private var source: FileByteSource?
  private var offset = 0
  private var line = 1
  private var lineStart = 0
  private var chunk: [UInt8] = []
  private var chunkStart = 0

  /// - Parameters:
  ///   - path: the file to read.
  ///   - name: what locations call it; the path itself when nil.
  package init(path: String, name: String? = nil) {
    self.path = path
    self.name = name ?? path
  }

  /// The line and column of the byte at `byteOffset`; the end of the file when it lies beyond.
  package mutating func locate(_ byteOffset: Int) -> SourceLocation {
    if byteOffset < offset { restart() }
    if source == nil { source = try? FileByteSource(path: path) }
    while offset < byteOffset {
      if offset - chunkStart >= chunk.count {
        chunkStart += chunk.count
        chunk = (try? source?.read(upTo: 1 << 16)) ?? []
        if chunk.isEmpty { break }
      }
      let end = min(chunk.count, byteOffset - chunkStart)
      for index in (offset - chunkStart)..<end where chunk[index] == 0x0A {
        line += 1
        lineStart = chunkStart + index + 1
      }
      offset = chunkStart + end
    }
    return SourceLocation(
      file: name, byteOffset: byteOffset, line: line, column: max(0, min(byteOffset, offset) - lineStart) + 1)
  }

  private mutating func restart() {
    source = nil
    (offset, line, lineStart, chunk, chunkStart) = (0, 1, 0, [], 0)
  }
}
