internal import KTOCore

/// TRL's unpaired conversational form: exactly prompt, completion and label, and tools where an example has them.
package struct TRLExport: ExampleExport {
  package static let name = "trl"
  package static let summary =
    "TRL's unpaired conversational form: exactly prompt, completion and label a line"

  package static let keepsWeights = false

  private var file: JSONLinesFile

  package init(folder: String, split: String, force: Bool) throws {
    file = try JSONLinesFile(path: "\(folder)/\(Self.fileName(split: split))", force: force)
  }

  package mutating func append(_ row: StoredExample) throws {
    let example = try row.example()
    var members: [JSONObject.Member] = [
      .init("prompt", JSONNode(.items(example.prompt.map { $0.json() }))),
      .init("completion", JSONNode(.items(example.completion.map { $0.json() }))),
      .init("label", JSONNode(.bool(example.label ?? false))),
    ]
    if let tools = example.tools { members.append(.init("tools", JSONNode(tools))) }
    try file.append(Array(JSONValue.object(JSONObject(members)).jsonText.utf8))
  }

  package mutating func finish() throws { try file.finish() }
}
