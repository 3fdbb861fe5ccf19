package import KTOCore

/// Argilla's records: `fields` with a question and an answer, and what annotators answered in `responses`.
///
/// A response to a question of the name of a verdict, such as `label`, `rating` or `feedback`, is one; where annotators
/// contradict one another, that is an error.
package struct Argilla: RecordFormat {
  package static let name = "argilla"
  package static let summary =
    "Argilla's records: fields with question and answer, responses to label, rating or feedback"
  package static let sample = #"""
    {"id":"r","fields":{"prompt":"Say hello","response":"Hello!"},"responses":{"label":[{"value":"positive"}]}}
    """#
  package static let fields = ["id", "fields", "responses"] + CommonFields.names
  private static let answerFields = ["response", "answer", "output", "completion"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard record["fields"]?.object != nil, let responses = record["responses"] else { return 0 }
    return responses.object != nil || responses.array != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    var draft = Draft(prompt: [], completion: [])
    draft.evidence = output.evidence(of: record, "")
    if let responses = record["responses"] { readResponses(responses, into: &draft, &output) }
    guard let fields = record["fields"], fields.object != nil else {
      return output.error(
        .wrongShape, record["fields"] ?? record, record["fields"] == nil ? "" : "/fields",
        "the record has no object \"fields\"")
    }
    guard let question = field(of: fields, QuestionColumns.names, "question", in: &output),
      let answer = field(of: fields, Self.answerFields, "answer", in: &output),
      let asked = output.turnsOrText(question.node, question.pointer, role: "user"),
      let answered = output.turnsOrText(answer.node, answer.pointer, role: "assistant")
    else { return }
    let used = [question, answer].map { String($0.pointer.dropFirst("/fields/".count)) }
    output.leaveOthers(of: fields, besides: used, in: "fields")
    (draft.prompt, draft.completion) = (asked, answered)
    (draft.offset, draft.pointer) = (answer.node.offset, answer.pointer)
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }

  /// The one field of those names that is there.
  private func field(
    of fields: JSONNode, _ names: [String], _ what: String, in output: inout ConvertedRecord
  ) -> (node: JSONNode, pointer: String)? {
    let given = names.filter { fields[$0]?.isNull == false }
    guard let name = given.first, let node = fields[name] else {
      output.error(
        .wrongShape, fields, "/fields", "the fields hold no \(what): none of \(names.joined(separator: ", "))"
      )
      return nil
    }
    guard given.count == 1 else {
      output.error(
        .wrongShape, fields, "/fields",
        "any of these fields could be the \(what): " + given.joined(separator: ", "), hint: "keep one of them"
      )
      return nil
    }
    return (node, "/fields/" + name)
  }

  // MARK: - Responses

  /// By question, a list of values; in files of Argilla 1 by annotator, with a status and the values by question.
  private func readResponses(_ node: JSONNode, into draft: inout Draft, _ output: inout ConvertedRecord) {
    for member in node.object?.members ?? [] {
      let pointer = "/responses" + jsonPointerToken(member.key)
      for (index, response) in (member.node.array ?? [member.node]).enumerated() {
        let place = member.node.array == nil ? pointer : "\(pointer)/\(index)"
        read(response, question: member.key, place, into: &draft, &output)
      }
    }
    for (index, response) in (node.array ?? []).enumerated() {
      if let status = response["status"]?.string, status != "submitted" {
        output.leave("responses[] that were not submitted")
        continue
      }
      for member in response["values"]?.object?.members ?? [] {
        let place = "/responses/\(index)/values" + jsonPointerToken(member.key)
        read(member.node, question: member.key, place, into: &draft, &output)
      }
    }
  }

  private func read(
    _ response: JSONNode, question: String, _ pointer: String, into draft: inout Draft,
    _ output: inout ConvertedRecord
  ) {
    guard VerdictFields.contain(question), question != "annotation" else {
      return output.leave("responses.\(question)")
    }
    let isNumber = response["value"]?.double != nil
    if isNumber, question == "rating" || question == "score" {
      draft.evidence += output.score("value", of: response, pointer)
    } else {
      draft.evidence += output.thumb(response["value"], "responses.\(question)", pointer + "/value")
    }
  }
}
