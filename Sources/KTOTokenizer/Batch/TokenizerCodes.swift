package import KTOCore

extension Code {
  package static let documentNotUTF8 = Code(
    "T01", .error, "a document that is not UTF-8",
    why: "Tokenizers work on UTF-8; replacing the bytes would make tokens of a text that nobody wrote.",
    example: "the byte 0xFF",
    remedy: "Convert the input to UTF-8, for example with iconv.")
  package static let documentNotJSON = Code(
    "T02", .error, "a line that is not JSON",
    why: "The text of the document cannot be found.",
    example: #"{"text":"a""#,
    remedy: "Write one JSON object a line.")
  package static let documentNotObject = Code(
    "T03", .error, "a line of JSON that is not an object",
    why: "A document is a field of an object; anything else has no fields.",
    example: #"["a", "b"]"#,
    remedy: "Write one JSON object a line.")
  package static let documentFieldMissing = Code(
    "T04", .error, "a line without the field that holds the text",
    why: "Leaving the document out would shift every document after it.",
    example: #"{"body":"a"}"#,
    remedy: "Name the field that the file uses, or add it to the line.")
  package static let documentFieldNotString = Code(
    "T05", .error, "a field that is not a string",
    why: "Only a text can be tokenized.",
    example: #"{"text":12}"#,
    remedy: "Write the text as a JSON string.")
  package static let documentNotIDs = Code(
    "T06", .error, "a line that is not an array of token ids",
    why: "Its text cannot be told.",
    example: "[1, -2]",
    remedy: "Write one array of whole numbers a line, as tokenize does.")
  package static let documentUnknownID = Code(
    "T07", .error, "a token id that the tokenizer does not have",
    why: "The ids come from another tokenizer, so every text would be wrong, not only this one.",
    example: "[4000000]",
    remedy: "Use the tokenizer that made the ids.")
}

/// What can be wrong with a document that is tokenized, or with the ids that are turned back into text.
package let tokenizerCodes: [Code] = [
  .documentNotUTF8, .documentNotJSON, .documentNotObject, .documentFieldMissing, .documentFieldNotString,
  .documentNotIDs, .documentUnknownID,
]
