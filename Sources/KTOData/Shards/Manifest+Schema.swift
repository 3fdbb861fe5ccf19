extension Manifest {
  /// The name of the schema in `schemas/`.
  package static let schemaFileName = "manifest.schema.json"
  /// The JSON Schema of `manifest.json`, for others to read; `verify` checks more.
  package static let schemaText =
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "kto-data manifest",
      "description": "manifest.json of prepared data: what the shards hold, what they were made of, and their hashes.",
      "type": "object",
      "required": [
        "version",
        "tool",
        "model",
        "max_length",
        "seed",
        "configuration",
        "shaped_by",
        "parents",
        "splits",
        "root",
        "sha256"
      ],
      "properties": {
        "version": {
          "description": "Of this form.",
          "const": 2
        },
        "tool": {
          "type": "string"
        },
        "model": {
          "type": "object",
          "required": [
            "name",
            "tokenizer_sha256",
            "chat_template_sha256"
          ],
          "properties": {
            "name": {
              "type": "string"
            },
            "revision": {
              "type": [
                "string",
                "null"
              ]
            },
            "commit": {
              "type": [
                "string",
                "null"
              ]
            },
            "tokenizer_sha256": {
              "$ref": "#/$defs/sha256"
            },
            "chat_template_sha256": {
              "anyOf": [
                {
                  "$ref": "#/$defs/sha256"
                },
                {
                  "type": "null"
                }
              ]
            }
          }
        },
        "max_length": {
          "description": "Tokens of prompt and completion together.",
          "type": "integer",
          "minimum": 1
        },
        "seed": {
          "description": "A number of 64 bits, as a text.",
          "type": "string",
          "pattern": "^[0-9]+$"
        },
        "group_by": {
          "type": "string"
        },
        "configuration": {
          "description": "The sections model and data as they were used.",
          "type": "object"
        },
        "shaped_by": {
          "description": "The keys that rows depend on, with their values.",
          "type": "object"
        },
        "parents": {
          "description": "The inputs.",
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "path",
              "bytes",
              "sha256"
            ],
            "properties": {
              "path": {
                "type": "string"
              },
              "bytes": {
                "$ref": "#/$defs/count"
              },
              "sha256": {
                "$ref": "#/$defs/sha256"
              }
            }
          }
        },
        "splits": {
          "type": "object",
          "minProperties": 1,
          "propertyNames": {
            "pattern": "^[a-z0-9_-]{1,64}$"
          },
          "additionalProperties": {
            "type": "object",
            "required": [
              "rows",
              "desirable",
              "undesirable",
              "tokens",
              "index_sha256",
              "shards"
            ],
            "properties": {
              "read": {
                "$ref": "#/$defs/count"
              },
              "rows": {
                "$ref": "#/$defs/count"
              },
              "desirable": {
                "$ref": "#/$defs/count"
              },
              "undesirable": {
                "$ref": "#/$defs/count"
              },
              "truncated": {
                "$ref": "#/$defs/count"
              },
              "dropped": {
                "$ref": "#/$defs/count"
              },
              "dropped_desirable": {
                "$ref": "#/$defs/count"
              },
              "dropped_undesirable": {
                "$ref": "#/$defs/count"
              },
              "tokens": {
                "type": "object",
                "required": [
                  "prompt",
                  "completion"
                ],
                "properties": {
                  "prompt": {
                    "$ref": "#/$defs/count"
                  },
                  "completion": {
                    "$ref": "#/$defs/count"
                  }
                }
              },
              "index_sha256": {
                "$ref": "#/$defs/sha256"
              },
              "shards": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "basename",
                    "bytes",
                    "sha256",
                    "rows"
                  ],
                  "properties": {
                    "basename": {
                      "type": "string",
                      "minLength": 1
                    },
                    "bytes": {
                      "$ref": "#/$defs/count"
                    },
                    "sha256": {
                      "$ref": "#/$defs/sha256"
                    },
                    "rows": {
                      "$ref": "#/$defs/count"
                    }
                  }
                }
              }
            }
          }
        },
        "root": {
          "description": "Names the rows: the same wherever the inputs lie.",
          "$ref": "#/$defs/sha256"
        },
        "sha256": {
          "description": "Of everything before it in the file.",
          "$ref": "#/$defs/sha256"
        }
      },
      "$defs": {
        "sha256": {
          "type": "string",
          "pattern": "^[0-9a-f]{64}$"
        },
        "count": {
          "type": "integer",
          "minimum": 0
        }
      }
    }
    """#
}
