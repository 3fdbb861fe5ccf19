package import KTOCore

extension Source {
  /// The place for a diagnostic: the record's line, and its column found by looking at the bytes before it.
  ///
  /// The column is 1 where the file cannot be read, or its line began more than 1 MiB before the record.
  package func location() -> SourceLocation {
    SourceLocation(file: file, byteOffset: byteOffset, line: line, column: column)
  }

  private var column: Int {
    if line == 1 { return byteOffset + 1 }
    guard let source = try? FileByteSource(path: file) else { return 1 }
    var distance = 256
    while true {
      let start = max(0, byteOffset - distance)
      guard let before = try? source.read(at: start, count: byteOffset - start),
        before.count == byteOffset - start
      else { return 1 }
      if let newline = before.lastIndex(of: 0x0A) { return before.count - newline }
      if start == 0 { return byteOffset + 1 }
      if distance >= 1 << 20 { return 1 }
      distance *= 16
    }
  }
}
