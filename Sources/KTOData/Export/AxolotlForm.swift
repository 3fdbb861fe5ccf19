package import KTOCore

/// What axolotl's `argilla_chat` strategies for KTO read: the whole conversation in `completion`, whose last message is
/// the answer, and `axolotl.yaml` with the section that names the files.
package enum AxolotlForm: ExportForm {
  package static let name = "axolotl"
  package static let summary =
    "axolotl's KTO conversations for chatml.argilla_chat and llama3.argilla_chat, and a section for its configuration"
  package static let keeps: Set<ExamplePart> = [.system]
  package static let companionNames = ["axolotl.yaml"]

  package static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue? {
    let messages = (example.prompt + example.completion).map(\.withCommonRole)
    if let extra = messages.last?.extra {
      losses.leaveOut(
        extra.contains("\"tool_calls\"")
          ? "an answer that calls a tool" : "an answer with other fields than its text")
      return nil
    }
    if example.completion.count > 1 { losses.note("turns of answers before the last, as something to learn") }
    return .members([
      "completion": .items(messages.map { $0.plainJSON() }), "label": .bool(example.label ?? false),
    ])
  }

  package static func companions(_ parts: [ExportedPart], files: [String]) -> [String: String] {
    func entry(_ file: String) -> [String] {
      [
        "  - path: \(file)", "    ds_type: json", "    split: train",
        "    type: chatml.argilla_chat  # llama3.argilla_chat for models of that template",
      ]
    }
    var lines = [
      "# For axolotl's configuration, beside base_model and the rest; paths are those from this folder.",
      "rl: kto",
    ]
    let names = zip(parts.map(\.name), files).filter { $0.0 != "test" }
    for (key, isTrain) in [("datasets", true), ("test_datasets", false)] {
      let chosen = names.filter { ($0.0 == "train") == isTrain }
      if !chosen.isEmpty { lines += ["\(key):"] + chosen.flatMap { entry($0.1) } }
    }
    lines.append("remove_unused_columns: false")
    return ["axolotl.yaml": lines.joined(separator: "\n") + "\n"]
  }
}
