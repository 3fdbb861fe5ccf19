internal import KTOCore

/// Divides files of examples into `train.jsonl`, `validation.jsonl`, `test.jsonl` and `split.json` in a folder.
///
/// Reads the inputs once and once more for each split, a line at a time; a split without rows has no file.
/// - Parameter force: whether files that exist may be replaced.
/// - Throws: `SplitError`, `SplitInputError` for a line that is no example, `FileError`.
package func splitExamples(
  inputs: [String], output: String, options: SplitOptions, force: Bool = false
) throws -> SplitReport {
  var records = SplitRecords()
  try forEachExample(of: inputs) { try records.append($0) }
  let plan = try SplitPlan(records, options)
  try makeDirectory(output)
  let paths = plan.report.parts.map { "\(output)/\($0.name).jsonl" }
  for (split, part) in plan.report.parts.enumerated() where part.rows > 0 {
    var file = try AtomicFile(path: paths[split], force: force)
    var row = 0
    try forEachExample(of: inputs) { example in
      defer { row += 1 }
      guard plan.split(ofRow: row) == split else { return }
      var example = example
      example.weight = plan.weight(example.weight, label: example.label ?? false, split: split)
      try file.write(example.jsonLine())
    }
    try file.commit()
  }
  try writeFile(
    output + "/split.json", plan.report.json().indentedText.utf8 + [0x0A], force: force)
  return plan.report
}

/// A line of an example file that could not be read, with the file it is in.
package struct SplitInputError: Error, Equatable, Sendable, CustomStringConvertible {
  package var path: String
  package var error: ExampleError

  package var description: String { "\(path): \(error)" }
}

private func forEachExample(of inputs: [String], _ body: (Example) throws -> Void) throws {
  for path in inputs {
    var reader = try ExampleReader(path: path)
    do {
      while let example = try reader.next() { try body(example) }
    } catch let error as ExampleError {
      throw SplitInputError(path: path, error: error)
    }
  }
}
