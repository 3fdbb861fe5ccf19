extension HALOs {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "HALOs feedback",
      "description": "A prompt with one output and its label or reward, or with two outputs.",
      "type": "object",
      "required": [
        "type",
        "prompt"
      ],
      "properties": {
        "type": {
          "description": "What the record has.",
          "enum": [
            "binary_feedback",
            "pairwise_feedback",
            "paired_feedback",
            "scalar_feedback"
          ]
        },
        "prompt": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "output": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "output_A": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "output_B": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "label": {
          "description": "1 or true for desirable; in pairs 1 prefers output_A.",
          "anyOf": [
            {
              "enum": [
                0,
                1
              ]
            },
            {
              "type": "boolean"
            },
            {
              "type": "null"
            }
          ]
        },
        "reward": {
          "type": [
            "number",
            "null"
          ]
        },
        "reward_A": {
          "type": [
            "number",
            "null"
          ]
        },
        "reward_B": {
          "type": [
            "number",
            "null"
          ]
        }
      },
      "if": {
        "properties": {
          "type": {
            "enum": [
              "pairwise_feedback",
              "paired_feedback"
            ]
          }
        }
      },
      "then": {
        "required": [
          "output_A",
          "output_B",
          "label"
        ]
      },
      "else": {
        "required": [
          "output"
        ]
      }
    }
    """#)
}
