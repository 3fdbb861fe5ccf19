internal import KTOCore

/// Reads the time of each row from a field of its record.
struct TimeRecorder: Sendable, Equatable {
  private(set) var census: FieldCensus

  init(_ field: RecordField) { census = FieldCensus(field) }

  /// Seconds since 1970 began; nil where the example has no such field.
  /// - Throws: `SplitError.noTime` for a value that is no time.
  mutating func time(of example: Example) throws(SplitError) -> Double? {
    guard let value = census.value(of: example) else { return nil }
    guard let time = timestamp(value) else {
      throw .noTime(
        value, field: census.field.text, file: example.source.file, line: example.source.line)
    }
    return time
  }
}
