package import KTOCore

extension Code {
  package static let modelFileMissing = Code(
    "H01", .error, "a file of the model is missing",
    why: "The model names the file or cannot be loaded without it. Most often a download was stopped.",
    example: "model.safetensors, a link to a blob that is not there",
    remedy: "Download the model again; the hint names the command.")
  package static let modelFileOutside = Code(
    "H02", .error, "a file whose link leads out of the cache",
    why: "A model from outside could make any file of this machine part of its data.",
    example: "extra.json -> /etc/hostname",
    remedy: "Remove the link, or put the file itself in its place.")
  package static let modelBlobChanged = Code(
    "H03", .error, "a file whose content is not what its name says",
    why: "The cache names each file after the hash of its content, so the file was damaged or changed.",
    example: "blobs/0a1b…, whose content has the hash 9f8e…",
    remedy: "Remove the file and download the model again.")
  package static let modelJSONUnreadable = Code(
    "H04", .error, "a JSON file of the model that cannot be read",
    why: "The model's shape or its special tokens are not known.",
    example: "config.json: {",
    remedy: "Download the file again, or correct the JSON.")
  package static let weightsUnreadable = Code(
    "H05", .error, "weights that cannot be read",
    why: "The file is cut short or damaged. A model would load with wrong numbers, or not at all.",
    example: "model.safetensors of half its size",
    remedy: "Download the file again.")
  package static let tokenizerUnreadable = Code(
    "H06", .error, "a tokenizer or a chat template that cannot be read",
    why: "Without it a conversation cannot become tokens.",
    example: "chat_template.jinja: {% if %}",
    remedy: "Download the file again, or correct it at the place that is named.")
  package static let modelNotSupported = Code(
    "H07", .warning, "a sound file that this program cannot use",
    why:
      "The model has another architecture, or its tokenizer or template uses something that is not built in.",
    example: #"config.json: {"model_type": "t5"}"#,
    remedy: "Choose another model.")
  package static let weightsMissing = Code(
    "H08", .warning, "a model without weights",
    why: "It can tokenize and render, but not be trained.",
    example: "a folder without model.safetensors",
    remedy: "Download the weights; the hint names the command.")
  package static let tokenizerMissing = Code(
    "H09", .warning, "a model without a tokenizer",
    why: "Without it a conversation cannot become tokens.",
    example: "a folder without tokenizer.json",
    remedy: "Download the tokenizer; the hint names the command.")
}

/// What can be wrong with a model's folder.
package let hubCodes: [Code] = [
  .modelFileMissing, .modelFileOutside, .modelBlobChanged, .modelJSONUnreadable, .weightsUnreadable,
  .tokenizerUnreadable, .modelNotSupported, .weightsMissing, .tokenizerMissing,
]
