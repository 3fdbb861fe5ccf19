internal import KTOCore

/// Where a record lies in its file; locates anything within it when a finding needs it.
struct RecordPlace {
  var file: String
  var start: TextPosition
  var bytes: ArraySlice<UInt8>

  var location: SourceLocation { start.location(in: file) }

  /// The place of the byte `offset` bytes into the record.
  func location(_ offset: Int) -> SourceLocation {
    var position = start
    position.advance(over: bytes.span.extracting(first: max(0, offset)))
    return position.location(in: file)
  }

  func diagnostic(_ finding: RecordFinding) -> Diagnostic {
    Diagnostic(
      finding.code, at: location(finding.offset), pointer: finding.pointer, message: finding.message,
      hint: finding.hint)
  }
}
