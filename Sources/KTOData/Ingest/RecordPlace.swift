internal import KTOCore

/// Where a record stands in its file; locates anything within it without reading the file again.
struct RecordPlace {
  var start: SourceLocation
  var bytes: ArraySlice<UInt8>

  /// The place of the byte `offset` bytes into the record.
  func location(_ offset: Int) -> SourceLocation {
    let end = bytes.startIndex + max(0, min(offset, bytes.count))
    var line = start.line
    var column = start.column
    for index in bytes.startIndex..<end {
      if bytes[index] == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return SourceLocation(
      file: start.file, byteOffset: start.byteOffset + (end - bytes.startIndex), line: line, column: column)
  }

  func diagnostic(_ finding: RecordFinding) -> Diagnostic {
    Diagnostic(
      finding.severity, code: finding.code, at: location(finding.offset), pointer: finding.pointer,
      message: finding.message, hint: finding.hint)
  }
}
