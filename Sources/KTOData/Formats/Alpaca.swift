package import KTOCore

/// Alpaca, and tables like it: a question in one column and its answer in another, such as `instruction` and `output`,
/// `query` and `response`, `question` and `answer`. TRL's `completion` is a format of its own.
package struct Alpaca: RecordFormat {
  package static let name = "alpaca"
  package static let summary =
    "Alpaca and other tables of questions and answers: instruction, input and output, or question and answer"
  package static let sample = #"""
    {"instruction":"Add the numbers","input":"2 and 2","output":"4","kto_tag":true}
    """#
  package static let fields = ["id"] + answerColumns + QuestionColumns.all + CommonFields.names
  private static let answerColumns = ["output", "response", "answer"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let others = ["completion", "chosen", "rejected", "messages", "conversations"]
    guard others.allSatisfy({ record[$0] == nil }) else { return 0 }
    guard QuestionColumns.names.contains(where: { record[$0] != nil }) else { return 0 }
    let answers = answerColumns.compactMap { record[$0] }
    if answers.contains(where: { $0.string != nil || isList($0, of: "role") }) { return 2 }
    return answers.contains(where: \.isNull) ? 1 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let evidence = output.evidence(of: record, "")
    guard let column = answerColumn(of: record, in: &output), let answer = record[column] else { return }
    let question = output.question(of: record)
    guard let completion = output.turnsOrText(answer, "/" + column, role: "assistant") else { return }
    guard let question else {
      if !output.hasError { output.error(.wrongShape, record, "", "the record has no question") }
      return
    }
    var draft = Draft(
      prompt: question, completion: completion, evidence: evidence, offset: answer.offset,
      pointer: "/" + column)
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }

  /// The column of the answer. Where several are filled, the one that belongs to the question's column counts; the label
  /// may be about any of them otherwise, which is an error.
  private func answerColumn(of record: JSONNode, in output: inout ConvertedRecord) -> String? {
    let present = Self.answerColumns.filter { record[$0]?.isNull == false }
    let filled = present.filter { record[$0]?.string?.isEmpty != true }
    guard filled.count > 1 else {
      if let only = filled.first ?? present.first { return only }
      output.error(
        .wrongShape, record, "", "the record has no answer: no \(Self.answerColumns.joined(separator: ", "))")
      return nil
    }
    let own = [("instruction", "output"), ("query", "response")]
    guard let column = own.first(where: { record[$0.0] != nil && filled.contains($0.1) })?.1 else {
      let node = record[filled[1]] ?? record
      output.error(
        .wrongShape, node, "/" + filled[1],
        "any of these columns could be the answer: " + filled.joined(separator: ", "),
        hint: "keep one of them, or name the answer completion")
      return nil
    }
    for other in filled where other != column { output.leave(other) }
    return column
  }
}

extension Alpaca {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Alpaca row",
      "description": "A question in one column, its answer in another; text or messages.",
      "type": "object",
      "anyOf": [
        {
          "required": [
            "output"
          ]
        },
        {
          "required": [
            "response"
          ]
        },
        {
          "required": [
            "answer"
          ]
        }
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "instruction": {
          "type": [
            "string",
            "null"
          ]
        },
        "input": {
          "description": "Follows the instruction on a new line; the question where there is no other.",
          "type": [
            "string",
            "null"
          ]
        },
        "history": {
          "description": "Earlier rounds, each a question and its answer.",
          "type": [
            "array",
            "null"
          ]
        },
        "kto_tag": {
          "description": "True is desirable.",
          "type": "boolean"
        },
        "label": {
          "description": "True is desirable.",
          "type": "boolean"
        },
        "system": {
          "type": [
            "string",
            "null"
          ]
        }
      }
    }
    """#)
}
