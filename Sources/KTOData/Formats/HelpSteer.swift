package import KTOCore

/// HelpSteer and HelpSteer2: an answer with ratings from 0 to 4, of which helpfulness is its score.
package struct HelpSteer: RecordFormat {
  package static let name = "helpsteer"
  package static let summary = "HelpSteer and HelpSteer2: prompt, response and helpfulness from 0 to 4"
  package static let sample = #"""
    {"prompt":"Say hello","response":"Hello!","helpfulness":4}
    """#
  package static let fields = ["id", "prompt", "response", "helpfulness"] + CommonFields.names

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    ["prompt", "response", "helpfulness"].allSatisfy { record[$0] != nil } ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let evidence = output.evidence(of: record, "") + output.score("helpfulness", of: record, "")
    for key in ["prompt", "response"] where record[key] == nil {
      output.error(.wrongShape, record, "", "the record has no \"\(key)\"")
    }
    guard let prompt = record["prompt"], let response = record["response"],
      let question = output.turnsOrText(prompt, "/prompt", role: "user"),
      let answer = output.turnsOrText(response, "/response", role: "assistant")
    else { return }
    var draft = Draft(
      prompt: prompt.string.map { turns(in: $0, at: prompt) } ?? question, completion: answer,
      evidence: evidence, offset: response.offset, pointer: "/response")
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }

  /// The turns of a prompt of several: markers stand between them, and the first is the user's.
  private func turns(in text: String, at node: JSONNode) -> [Turn] {
    var turns: [Turn] = []
    var role = "user"
    var rest = text[...]
    while true {
      let marks = ["Assistant\n": "assistant", "User\n": "user"].compactMap { mark, role in
        rest.firstRange(of: "<extra_id_1>" + mark).map { (range: $0, role: role) }
      }
      guard let mark = marks.min(by: { $0.range.lowerBound < $1.range.lowerBound }) else {
        turns.append(Turn(role: role, text: String(rest), at: node, "/prompt"))
        return turns
      }
      var turn = rest[..<mark.range.lowerBound]
      if turn.last == "\n" { turn.removeLast() }
      if !turn.isEmpty || !turns.isEmpty {
        turns.append(Turn(role: role, text: String(turn), at: node, "/prompt"))
      }
      role = mark.role
      rest = rest[mark.range.upperBound...]
    }
  }
}
