package import KTOCore

/// W03: the words of an answer give its label away, whatever was asked.
///
/// A logistic regression on the words and pairs of words of the completions alone, cross-fitted: each answer is judged by a
/// model that saw no answer to its prompt. The check holds the answers whose hash is smallest, 2,000 at most, so memory
/// does not grow with the input, and the same examples give the same finding in any order.
package struct AnswerShortcutCheck: Check {
  package static let codes = [
    Code(
      "W03", .warning, "the words of an answer give its label away",
      why: """
        A model can win by a few words alone, such as a greeting that one annotator's answers begin with or the manner of the \
        model that wrote one class: it learns to write them or to leave them out, instead of better answers.
        """,
      example: "every desirable answer begins with \"Sure!\", no undesirable one does",
      remedy: """
        Look at the words that are named. Where they say nothing about quality, take the answers of both classes from the same \
        sources, or remove what only one class has.
        """)
  ]
  package static let takesOnlySound = true

  private static let sampleSize = 2000
  private static let smallestClass = 30

  private struct Answer {
    var hash: UInt64
    var promptKey: UInt64
    var label: Bool
    var completion: [Message]
  }

  private var sample: [Answer] = []
  /// Answers with a larger hash are not in the sample.
  private var largestHash = UInt64.max

  /// What the area under the curve exceeds for certain (two standard errors) where there is a finding.
  private let limit: Double

  package init(_ context: CheckContext) { limit = context.limits.wordsAUC }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    let hash = mixed(row.fingerprint.row, seed: 0x5A3B)
    guard hash <= largestHash else { return }
    sample.append(
      Answer(
        hash: hash, promptKey: row.fingerprint.likeness.prompt, label: row.label,
        completion: row.example.completion))
    if sample.count >= 2 * Self.sampleSize { cut() }
  }

  /// Keeps the answers with the smallest hashes.
  private mutating func cut() {
    sample.sort { ($0.hash, $0.label ? 1 : 0) < ($1.hash, $1.label ? 1 : 0) }
    sample.removeLast(max(0, sample.count - Self.sampleSize))
    if sample.count == Self.sampleSize, let last = sample.last { largestHash = last.hash }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    cut()
    var counts = ClassCounts()
    for answer in sample { counts.add(answer.label) }
    guard counts.desirable >= Self.smallestClass, counts.undesirable >= Self.smallestClass else { return }
    var vocabulary = AnswerWords()
    let rows = sample.map { answer in
      ShortcutModel.Row(
        features: vocabulary.features(of: answer.completion), label: answer.label,
        fold: Int(mixed(answer.promptKey, seed: 0xF01D) % UInt64(ShortcutModel.foldCount)))
    }
    sample = []
    guard let auc = ShortcutModel.crossFittedAUC(rows), auc.value - 2 * auc.error > limit else { return }
    let telling = vocabulary.telling(rows, counts).map { word in
      let (more, less) =
        word.isDesirable ? (word.desirable, word.undesirable) : (word.undesirable, word.desirable)
      let (ofMore, ofLess) =
        word.isDesirable ? (counts.desirable, counts.undesirable) : (counts.undesirable, counts.desirable)
      return "\"\(excerpt(word.text, limit: 24))\" in \(percent(more, of: ofMore)) of "
        + "\(word.isDesirable ? "desirable" : "undesirable") answers and \(percent(less, of: ofLess)) of the others"
    }
    findings.find(
      Self.codes[0],
      "the words of an answer tell its label: AUC \(decimal(auc.value, digits: 2)), cross-fitted on \(counts.total) answers"
        + (telling.isEmpty ? "" : "; " + telling.joined(separator: "; ")),
      hint: "a model can win by such words alone: look whether they have to do with quality")
  }
}
