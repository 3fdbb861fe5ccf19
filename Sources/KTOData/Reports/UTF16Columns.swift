internal import KTOCore

/// Columns of places in UTF-16 code units from 1, which are read off the files: our own count UTF-8 bytes.
struct UTF16Columns {
  /// The file that was asked for last; nil where it cannot be read.
  private var current: (path: String, file: RandomAccessFile?)?
  /// A line is not read further back than this.
  private static let limit = 1 << 20

  /// The column of a place; nil where its file does not tell, because it is compressed, a pipe, gone or changed.
  mutating func column(of place: SourceLocation) -> Int? {
    let byteCount = place.column - 1
    guard byteCount > 0 else { return place.line > 0 ? 1 : nil }
    guard byteCount < Self.limit, place.byteOffset >= byteCount else { return nil }
    if current?.path != place.file {
      current = (place.file, fileKind(place.file) == .file ? try? RandomAccessFile(path: place.file) : nil)
    }
    guard let file = current?.file else { return nil }
    // With the byte before, which ends the line before.
    let isFirst = place.byteOffset == byteCount
    let start = place.byteOffset - byteCount - (isFirst ? 0 : 1)
    guard var bytes = try? file.read(at: start, count: byteCount + (isFirst ? 0 : 1)) else { return nil }
    if !isFirst, bytes.removeFirst() != 0x0A { return nil }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0x0A) else { return nil }
    return text.utf16.count + 1
  }
}
