package import KTOCore

/// From where on a check warns: the `data.checks:` section.
package struct CheckConfiguration: ConfigurationSection {
  /// The field that names who gave a verdict; nil where nobody asks about annotators.
  package var annotator: String?
  /// W02.
  package var lengthEffect = 0.8
  package var lengthAUC = 0.75
  /// W03.
  package var wordsAUC = 0.8
  /// W05.
  package var refusalDifference = 0.1
  /// W12.
  package var agreement = 0.4
  package var annotatorDifference = 0.2
  /// W22.
  package var promptShare = 0.1
  /// W24.
  package var innerLengthShare = 0.75

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .optionalString(
        "annotator", \.annotator,
        "A field that names who gave a verdict, by its name or JSON pointer: agreement, rates and drift are reported (W12); null asks for none of it."
      ),
      .double(
        "length_effect", \.lengthEffect, .within(0...100),
        "W02: Cohen's d of the log length of desirable and undesirable answers."),
      .double(
        "length_auc", \.lengthAUC, .within(0.5...1),
        "W02: the chance that an answer of one class is longer than one of the other; either of the two is enough."
      ),
      .double(
        "words_auc", \.wordsAUC, .within(0.5...1),
        "W03: the area under the ROC curve of labels told by the words of an answer, less two standard errors."
      ),
      .double(
        "refusal_difference", \.refusalDifference, .within(0...1),
        "W05: the difference between the classes' shares of refusals."),
      .double(
        "agreement", \.agreement, .within(-1...1),
        "W12: Krippendorff's α below which annotators hardly agree."),
      .double(
        "annotator_difference", \.annotatorDifference, .within(0...1),
        "W12: how far an annotator's share of desirable verdicts may be from that of all others, or from his own before."
      ),
      .double(
        "prompt_share", \.promptShare, .within(0...1),
        "W22: the share of all examples that one prompt may have."),
      .double(
        "inner_length_share", \.innerLengthShare, .within(0.5...1),
        "W24: the share of prompts with answers of both labels whose longer answer has the same label."),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    guard let annotator, RecordField(annotator) == nil else { return [] }
    return [("annotator", "\"\(excerpt(annotator))\" is no name of a field")]
  }

  /// `annotator`, read; what could not be read, a file's reading has refused.
  package var annotatorField: RecordField? { annotator.flatMap { RecordField($0) } }
}
