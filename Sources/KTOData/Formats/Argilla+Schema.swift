extension Argilla {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Argilla record",
      "description": "A record with its fields and the annotators' responses.",
      "type": "object",
      "required": [
        "fields",
        "responses"
      ],
      "properties": {
        "id": {
          "type": [
            "string",
            "integer"
          ]
        },
        "fields": {
          "description": "Question and answer, each in one of the usual columns.",
          "type": "object",
          "minProperties": 1
        },
        "responses": {
          "description": "By question a list of values; in version 1 a list, an item an annotator.",
          "anyOf": [
            {
              "type": "object",
              "additionalProperties": {
                "type": [
                  "array",
                  "object",
                  "null"
                ]
              }
            },
            {
              "type": "array",
              "items": {
                "type": "object"
              }
            }
          ]
        }
      }
    }
    """#)
}
