internal import KTOCore

extension RecordBatch {
  /// The records as values, for what brings them together. What is no JSON keeps its place with a finding.
  func decoded(with parser: inout JSONParser) -> [DecodedRecord] {
    if case .decoded(let records) = records { return records }
    var result: [DecodedRecord] = []
    forEachText { text, position in
      do throws(JSONSyntaxError) {
        result.append(
          DecodedRecord(value: try parser.parse(text), position: position, text: Array(text)))
      } catch {
        let finding = RecordFinding(
          code: .notParseable, offset: error.offset, pointer: "", message: "\(error)")
        result.append(
          DecodedRecord(value: nil, position: position, text: Array(text), finding: finding))
      }
    }
    return result
  }
}
