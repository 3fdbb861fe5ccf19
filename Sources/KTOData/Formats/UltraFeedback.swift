package import KTOCore

/// UltraFeedback: an instruction with several completions, each scored from 1 to 10.
package struct UltraFeedback: RecordFormat {
  package static let name = "ultrafeedback"
  package static let summary = "UltraFeedback: an instruction and scored completions"
  package static let sample = #"""
    {"instruction":"Say hello","completions":[{"response":"Hello!","overall_score":8.5}]}
    """#
  package static let fields = ["id", "instruction", "completions"] + CommonFields.systemNames

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard record["instruction"] != nil, let list = record["completions"] else { return 0 }
    return isList(list, of: "response") ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let instruction = record["instruction"], let question = instruction.string else {
      return output.error(
        .wrongShape, record["instruction"] ?? record, record["instruction"] == nil ? "" : "/instruction",
        "the record has no text \"instruction\"")
    }
    guard let list = record["completions"], let completions = list.array else {
      return output.error(
        .wrongShape, record["completions"] ?? record, record["completions"] == nil ? "" : "/completions",
        "the record has no list \"completions\"")
    }
    let prompt = [Turn(role: "user", text: question, at: instruction, "/instruction")]
    for (index, completion) in completions.enumerated() {
      let pointer = "/completions/\(index)"
      guard let response = completion["response"], let answer = response.string else {
        return output.error(.wrongShape, completion, pointer, "the completion has no text \"response\"")
      }
      output.leaveOthers(
        of: completion, besides: ["response", "overall_score"], in: "completions[]")
      var draft = Draft(
        prompt: prompt,
        completion: [Turn(role: "assistant", text: answer, at: response, pointer + "/response")],
        idSuffix: "-\(index)", offset: completion.offset, pointer: pointer)
      draft.evidence =
        output.configuredEvidence(of: completion, pointer)
        + output.score("overall_score", of: completion, pointer)
      if let fault = fault(of: completion, pointer) { draft.findings.append(fault) }
      output.drafts.append(draft)
    }
  }

  /// A score of 10 that the four ratings of the same answer contradict: the published data has 10 for a 1 in some
  /// thousand places. Ratings go from 1 to 5.
  private func fault(of completion: JSONNode, _ pointer: String) -> RecordFinding? {
    guard let score = completion["overall_score"], score.double == 10 else { return nil }
    let ratings = (completion["annotations"]?.object?.members ?? []).compactMap { member in
      member.node["Rating"].flatMap { $0.double ?? $0.string.flatMap { Double($0) } }
    }
    guard !ratings.isEmpty else { return nil }
    let mean = ratings.reduce(0, +) / Double(ratings.count)
    guard mean <= 4 else { return nil }
    return RecordFinding(
      code: .evidenceDisagrees, offset: score.offset, pointer: pointer + "/overall_score",
      message: "\"overall_score\" is 10, but the mean of its ratings is \((mean * 100).rounded() / 100) of 5",
      hint: "early files of UltraFeedback have 10 for a 1: take the corrected file, or correct the score")
  }
}
