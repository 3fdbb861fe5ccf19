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

  /// Every code of this page, for the catalogue.
  static let splitting: [Code] = [.emptySplit, .oneClassSplit]
}
