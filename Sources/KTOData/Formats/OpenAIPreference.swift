package import KTOCore

/// OpenAI's preference fine-tuning: `input.messages` with a preferred answer and another.
package struct OpenAIPreference: RecordFormat {
  package static let name = "openai-preference"
  package static let summary =
    "OpenAI's preference fine-tuning: input.messages, preferred_output and non_preferred_output"
  package static let sample = #"""
    {"input":{"messages":[{"role":"user","content":"Hi"}]},"preferred_output":[{"role":"assistant","content":"Hello!"}],"non_preferred_output":[{"role":"assistant","content":"What?"}]}
    """#
  package static let fields =
    ["id", "input", "preferred_output", "non_preferred_output", "tools"] + CommonFields.systemNames

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    record["preferred_output"] != nil && record["non_preferred_output"] != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard
      let pair = Pair(
        record, better: "preferred_output", worse: "non_preferred_output", scores: [], in: &output)
    else { return }
    guard let input = record["input"] else {
      return output.error(.wrongShape, record, "", "the record has no \"input\"")
    }
    let isList = input.array != nil
    guard let list = isList ? input : input["messages"] else {
      return output.error(.wrongShape, input, "/input", "the input has no \"messages\"")
    }
    output.leaveOthers(of: input, besides: ["messages", "tools"], in: "input")
    guard let prompt = output.turns(list, isList ? "/input" : "/input/messages"),
      let better = output.turnsOrText(pair.nodes.chosen, "/preferred_output", role: "assistant"),
      let worse = output.turnsOrText(pair.nodes.rejected, "/non_preferred_output", role: "assistant")
    else { return }
    let tools = output.tools(input["tools"], "/input/tools")
    pair.emit(prompt: prompt, chosen: better, rejected: worse, in: &output)
    for index in output.drafts.indices { output.drafts[index].tools = tools }
  }
}

extension OpenAIPreference {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "OpenAI preference",
      "description": "A conversation that waits for an answer, and two answers to it.",
      "type": "object",
      "required": [
        "input",
        "preferred_output",
        "non_preferred_output"
      ],
      "properties": {
        "input": {
          "anyOf": [
            {
              "type": "object",
              "required": [
                "messages"
              ],
              "properties": {
                "messages": {
                  "$ref": "#/$defs/messages"
                },
                "tools": {
                  "type": [
                    "array",
                    "string",
                    "null"
                  ]
                }
              }
            },
            {
              "$ref": "#/$defs/messages"
            }
          ]
        },
        "preferred_output": {
          "$ref": "#/$defs/messages"
        },
        "non_preferred_output": {
          "$ref": "#/$defs/messages"
        }
      },
      "$defs": \#(SchemaParts.messages)
    }
    """#)
}
