package import KTOCore

/// OpenAssistant's message trees: a question with nested, ranked replies.
package struct OpenAssistantTrees: RecordFormat {
  package static let name = "oasst-trees"
  package static let summary = "OpenAssistant's message trees: a prompt with nested replies and their ranks"
  package static let sample = #"""
    {"message_tree_id":"t","prompt":{"message_id":"t","text":"Hi","role":"prompter","replies":[{"message_id":"a","text":"Hello!","role":"assistant","rank":0,"replies":[]},{"message_id":"b","text":"What?","role":"assistant","rank":1,"replies":[]}]}}
    """#
  package static let fields = ["id", "message_tree_id", "prompt"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard let prompt = record["prompt"] else { return 0 }
    if prompt["replies"] != nil { return 3 }
    return record["message_tree_id"] != nil && prompt["message_id"] != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    output.readID(of: record, "message_tree_id")
    guard let prompt = record["prompt"], prompt.object != nil else {
      return output.error(
        .wrongShape, record["prompt"] ?? record, record["prompt"] == nil ? "" : "/prompt",
        "the tree has no object \"prompt\"")
    }
    var replies = RankedReplies(list: [])
    guard add(prompt, "/prompt", to: &replies, in: &output) != nil else { return }
    replies.convert(into: &output)
  }

  /// Adds a message and those below it. As deep as the JSON is, which its parser limits.
  private func add(
    _ node: JSONNode, _ pointer: String, to replies: inout RankedReplies, in output: inout ConvertedRecord
  ) -> Int? {
    guard node.object != nil else {
      output.error(
        .wrongShape, node, pointer, "a message must be a JSON object, not a JSON \(node.typeName)")
      return nil
    }
    output.leaveOthers(of: node, besides: RankedReplies.fields, in: "prompt")
    let index = replies.list.count
    replies.list.append(RankedReplies.Reply(node: node, pointer: pointer))
    guard let answers = node["replies"], !answers.isNull else { return index }
    guard let items = answers.array else {
      output.error(
        .wrongShape, answers, pointer + "/replies", "replies must be a list, not a JSON \(answers.typeName)")
      return nil
    }
    for (number, item) in items.enumerated() {
      guard let reply = add(item, "\(pointer)/replies/\(number)", to: &replies, in: &output) else {
        return nil
      }
      replies.list[index].replies.append(reply)
    }
    return index
  }
}
