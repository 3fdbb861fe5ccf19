package import KTOCore

/// HALOs' feedback: an `output` with a label of 1 or 0, two outputs of which label 1 prefers the first, or an output with
/// a reward. `type` says which.
package struct HALOs: RecordFormat {
  package static let name = "halos"
  package static let summary =
    "HALOs feedback: type binary_feedback, pairwise_feedback or scalar_feedback, with prompt and output"
  package static let sample = #"""
    {"type":"binary_feedback","prompt":[{"role":"user","content":"Hi"}],"output":[{"role":"assistant","content":"Hello!"}],"label":1}
    """#
  package static let fields =
    [
      "id", "type", "prompt", "output", "output_A", "output_B", "label", "reward", "reward_A", "reward_B",
      "tools",
    ] + CommonFields.systemNames

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard record["prompt"] != nil, record["type"]?.string?.hasSuffix("_feedback") == true else { return 0 }
    return 3
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let configured = output.configuredEvidence(of: record, "")
    guard let prompt = record["prompt"] else {
      return output.error(.wrongShape, record, "", "the record has no \"prompt\"")
    }
    guard let question = output.turnsOrText(prompt, "/prompt", role: "user") else { return }
    let kind = record["type"]
    switch kind?.string {
    case "binary_feedback" where output.words.field.isEmpty:
      guard let label = label(of: record, in: &output) else { return }
      let evidence = Evidence(
        signal: .field(label.isOne), name: "\"label\" (\(label.node.value.jsonText))",
        offset: label.node.offset, pointer: "/label")
      convertOne(record, question, [evidence], in: &output)
    case "binary_feedback", "scalar_feedback": convertOne(record, question, configured, in: &output)
    case "pairwise_feedback", "paired_feedback": convertPair(record, question, in: &output)
    default:
      output.error(
        .wrongShape, kind ?? record, kind == nil ? "" : "/type",
        "\"type\" is none of binary_feedback, pairwise_feedback, scalar_feedback")
    }
  }

  private func convertOne(
    _ record: JSONNode, _ question: [Turn], _ verdict: [Evidence], in output: inout ConvertedRecord
  ) {
    leave(["output_A", "output_B", "reward_A", "reward_B"], of: record, in: &output)
    guard let node = record["output"] else {
      return output.error(.wrongShape, record, "", "the record has no \"output\"")
    }
    guard let answer = output.turnsOrText(node, "/output", role: "assistant") else { return }
    var draft = Draft(
      prompt: question, completion: answer, evidence: verdict, offset: node.offset, pointer: "/output")
    // The label was made from the reward by a threshold of its own, so that other limits may not contradict it.
    if output.words.wantsScores || output.words.ruleFields != nil || verdict.isEmpty {
      draft.evidence += output.score("reward", of: record, "")
    } else {
      leave(["reward"], of: record, in: &output)
    }
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }

  private func convertPair(_ record: JSONNode, _ question: [Turn], in output: inout ConvertedRecord) {
    leave(["output", "reward"], of: record, in: &output)
    guard let label = label(of: record, in: &output) else { return }
    let (better, worse) = label.isOne ? ("A", "B") : ("B", "A")
    guard
      let pair = Pair(
        record, better: "output_" + better, worse: "output_" + worse,
        scores: [("reward_" + better, "reward_" + worse)], in: &output),
      let first = output.turnsOrText(pair.nodes.chosen, "/output_" + better, role: "assistant"),
      let second = output.turnsOrText(pair.nodes.rejected, "/output_" + worse, role: "assistant")
    else { return }
    pair.emit(prompt: question, chosen: first, rejected: second, in: &output)
  }

  /// Names what a record of another type would have.
  private func leave(_ names: [String], of record: JSONNode, in output: inout ConvertedRecord) {
    for name in names where record[name]?.isNull == false { output.leave(name) }
  }

  /// The label, which is 1 or 0 here and nowhere else.
  private func label(
    of record: JSONNode, in output: inout ConvertedRecord
  ) -> (node: JSONNode, isOne: Bool)? {
    guard let node = record["label"] else {
      output.error(.wrongShape, record, "", "the record has no \"label\"")
      return nil
    }
    if let flag = node.bool { return (node, flag) }
    if let number = node.double, number == 0 || number == 1 { return (node, number == 1) }
    output.error(
      .labelNotBool, node, "/label", "the label \(excerpt(node.value.jsonText)) is neither 1 nor 0",
      hint: "write 1 or true for desirable, 0 or false for undesirable")
    return nil
  }
}
