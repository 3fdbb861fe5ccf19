internal import KTOCore

/// What comes out otherwise than was asked for when examples are divided.
extension Code {
  static let emptySplit = Code(
    "W13", .warning, "a split that was asked for is empty",
    why:
      "Groups never part, so a share that is smaller than every group gets nothing, and nothing is measured on it.",
    example: "90/10 of ten examples that share one prompt",
    remedy: "Use more examples, another share, or smaller groups.")

  static let oneClassSplit = Code(
    "W14", .warning, "a split has rows of one class alone",
    why: "Metrics that compare the classes have no value there.",
    example: "90/10 of 30 examples, three of them undesirable and of one prompt",
    remedy: "Use more examples of the other class, or larger shares.")

  static let fieldMissing = Code(
    "W21", .warning, "examples lack a field that the split goes by",
    why:
      "Where a record does not have the field, what belongs together may lie on both sides of the split, and what is later may lie before what is earlier.",
    example: "--group-by conversation_id over records of which some have no conversation_id",
    remedy: "Add the field to the records, or divide them without it.")

  /// Every code of this page, for the catalogue.
  static let splitting: [Code] = [.emptySplit, .oneClassSplit, .fieldMissing]
}
