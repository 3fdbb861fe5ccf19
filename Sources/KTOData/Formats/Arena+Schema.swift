extension Arena {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Chatbot Arena battle",
      "description": "One battle: two conversations, or a prompt with two answers, and who won.",
      "type": "object",
      "anyOf": [
        {
          "required": [
            "conversation_a",
            "conversation_b"
          ]
        },
        {
          "required": [
            "prompt",
            "response_a",
            "response_b"
          ]
        }
      ],
      "properties": {
        "winner": {
          "description": "model_a, model_b, tie or tie (bothbad).",
          "type": [
            "string",
            "null"
          ]
        },
        "winner_model_a": {
          "description": "1 where the first won, in the form with three flags.",
          "type": [
            "integer",
            "number",
            "boolean",
            "string",
            "null"
          ]
        },
        "winner_model_b": {
          "type": [
            "integer",
            "number",
            "boolean",
            "string",
            "null"
          ]
        },
        "winner_tie": {
          "type": [
            "integer",
            "number",
            "boolean",
            "string",
            "null"
          ]
        },
        "conversation_a": {
          "description": "Messages; the last is the answer that is judged.",
          "type": [
            "array",
            "string",
            "null"
          ]
        },
        "conversation_b": {
          "type": [
            "array",
            "string",
            "null"
          ]
        },
        "prompt": {
          "description": "Text, or a list of texts, one a round, which may stand in a string.",
          "type": [
            "string",
            "array",
            "null"
          ]
        },
        "response_a": {
          "type": [
            "string",
            "array",
            "null"
          ]
        },
        "response_b": {
          "type": [
            "string",
            "array",
            "null"
          ]
        }
      }
    }
    """#)
}
