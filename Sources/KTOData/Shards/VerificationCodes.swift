package import KTOCore

/// What is found when prepared data is checked against its manifest.
extension Code {
  static let leakedGroup = Code(
    "E08", .error, "rows that belong together are in two splits",
    why:
      "A prompt that was trained on measures memory, not quality, when it comes again in validation or test.",
    example:
      "parts of two runs of split, put together; a prompt that begins with a conversation of another split",
    remedy:
      "Split the examples again: groups, alike prompts and conversations with what continues them stay together."
  )

  static let missingFile = Code(
    "V01", .error, "a file of the prepared data is missing or cannot be read",
    why: "Rows that are not there do not train, and nothing would say so.",
    example: "a folder of shards that was copied in part",
    remedy: "Copy the folder again, or run prepare again.")

  static let changedFile = Code(
    "V02", .error, "a file is not the one that was written",
    why: "One flipped bit changes a token, and training goes on with it.",
    example: "a shard whose SHA-256 differs from the manifest's",
    remedy: "Copy the folder again, or run prepare again.")

  static let damagedRow = Code(
    "V03", .error, "an index, a shard or a row is damaged",
    why: "What cannot be read as it should be cannot be trained on.",
    example: "a row without a completion",
    remedy: "Run prepare again.")

  static let wrongCount = Code(
    "V04", .error, "a count differs from the manifest's",
    why: "Weights and balance were chosen by counts that are not those of the rows.",
    example: "an index that names more rows than the manifest",
    remedy: "Run prepare again.")

  package static let otherTokenizer = Code(
    "V05", .warning, "the model has another tokenizer than the shards were made with",
    why: "The ids in the shards mean other texts to this model.",
    example: "inspect after the model in the cache was updated",
    remedy: "Run prepare again with this model.")

  /// Every code of this page, for the catalogue.
  static let verification: [Code] = [
    .leakedGroup, .missingFile, .changedFile, .damagedRow, .wrongCount, .otherTokenizer,
  ]
}
