internal import KTOCore

/// Reads a file of examples, one JSON object a line, holding one line at a time.
package struct ExampleReader: ~Copyable {
  private var records: JSONRecordReader
  private var parser = JSONParser()

  /// - Throws: `FileError` when the file cannot be read.
  package init(path: String) throws {
    records = try JSONRecordReader(path: path)
  }

  /// The next example, nil at the end of the file.
  /// - Throws: `ExampleError` with an offset from the start of the file, `FileError`.
  package mutating func next() throws -> Example? {
    switch try records.next() {
    case nil: return nil
    case .broken(let error, _):
      throw ExampleError(.syntax(error.reason), pointer: "", offset: error.offset)
    case .record(let record):
      do {
        return try Example(json: try parser.parse(record.bytes))
      } catch let error as JSONSyntaxError {
        throw ExampleError(.syntax(error.reason), pointer: "", offset: record.byteOffset + error.offset)
      } catch var error as ExampleError {
        error.offset += record.byteOffset
        throw error
      }
    }
  }
}
