internal import KTOCore

/// HALOs' binary feedback: one JSON array of all parts, each item with its split.
///
/// HALOs knows the splits `train` and `test`: what is neither is `test`. Its loader wants a reward, which is 1 or 0 as
/// the label is.
package struct HALOsExport: ExampleExport {
  package static let name = "halos"
  package static let summary = "HALOs' binary_feedback, one JSON array with the split of each item"
  package static let keeps: Set<ExamplePart> = [.id, .group, .system, .messageFields]
  private static let fileName = "feedback.json"

  package private(set) var losses = ExportLosses()
  private let parts: [String]
  private let file: JSONArrayFile

  package static func fileName(split: String) -> String? { nil }

  package static func files(in folder: String, parts: [String]) -> [String] { [fileName] }

  package init(_ target: ExportTarget) throws {
    parts = target.parts
    file = try JSONArrayFile(path: "\(target.folder)/\(Self.fileName)", force: target.force)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    let isDesirable = example.label == true
    let split = parts[part] == "train" ? "train" : "test"
    if parts[part] != split { losses.note("names of parts other than train and test") }
    losses.note(example, keeping: Self.keeps)
    let item: JSONValue = .members([
      "type": .string("binary_feedback"), "prompt_id": .string(example.group),
      "prompt": .items(example.prompt.map { $0.json() }), "output_id": .string(example.id),
      "output": .items(example.completion.map { $0.json() }), "label": .integer(isDesirable ? 1 : 0),
      "reward": .double(isDesirable ? 1 : 0), "split": .string(split),
    ])
    try file.append(Array(item.jsonText.utf8))
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    try file.finish()
    return [Self.fileName]
  }
}
