package import KTOCore

/// E07: the same prompt and completion under both labels. W10: the same example again. W17: examples under both labels
/// that differ in white space alone.
///
/// With a model, what trains is compared: the tokens of prompt and completion as far as `max_length` reaches.
package struct RepetitionCheck: Check {
  package static let contradiction = Code(
    "E07", .error, "the same answer stands under both labels",
    why:
      "One answer to one prompt cannot be both desirable and undesirable; training on both teaches nothing.",
    example: """
      {"prompt": "Hi", "completion": "Hello", "label": true}
      {"prompt": "Hi", "completion": "Hello", "label": false}
      """,
    remedy: """
      Keep the label that is right, or remove both. With a model known, texts that become the same tokens are the same: \
      where they differ only behind max_seq_length, raise it.
      """)
  package static let repetition = Code(
    "W10", .warning, "the same example comes again",
    why: "What comes twice counts twice in the loss, and may lie on both sides of a split.",
    example: "a file that was joined with a copy of itself",
    remedy: "Remove the copies, unless the votes were really given twice.")
  package static let nearContradiction = Code(
    "W17", .warning, "examples under both labels differ in white space alone",
    why: """
      Many chat templates remove white space around a message, and then the same tokens stand under both labels, which \
      teaches nothing. Code whose indentation was spoilt may be a fair pair.
      """,
    example: """
      {"prompt": "Hi", "completion": "Hello", "label": true}
      {"prompt": "Hi ", "completion": "Hello\\n", "label": false}
      """,
    remedy: "Check with a configuration that names the model: then the tokens decide, as they do in prepare.")
  package static let codes = [contradiction, repetition, nearContradiction]

  private var texts = TextRepetitions()
  private var tokens = TokenRepetitions()
  private var places = ExamplePlaces()

  package init(_ context: CheckContext) {}

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    let place = NumberedLabel(number: places.add(row.example.source), isDesirable: row.label)
    if let keys = row.tokens?.keys {
      let isTruncated = row.tokens?.isTruncated ?? false
      tokens.add(place, keys, row.fingerprint, isTruncated: isTruncated, places, &findings)
    } else {
      texts.add(place, row.fingerprint, places, &findings)
    }
  }
}

/// An example's number, from 1, and its label, in four bytes.
struct NumberedLabel: Sendable {
  private let bits: UInt32

  /// - Parameter number: less than 2³¹.
  init(number: UInt32, isDesirable: Bool) { bits = number << 1 | (isDesirable ? 1 : 0) }

  var number: UInt32 { bits >> 1 }
  var isDesirable: Bool { bits & 1 == 1 }
  var verdict: String { isDesirable ? "desirable" : "undesirable" }
}

/// Where examples are, by their numbers from 1: 4 bytes an example.
struct ExamplePlaces: Sendable {
  private var lines: [UInt32] = []
  /// The number of the first example of each stretch of one file.
  private var files: [(first: Int, name: String)] = []

  /// - Returns: the example's number.
  mutating func add(_ source: Source) -> UInt32 {
    lines.append(UInt32(clamping: source.line))
    if files.last?.name != source.file { files.append((lines.count, source.file)) }
    return UInt32(truncatingIfNeeded: lines.count)
  }

  /// `FILE:LINE` of an example.
  func text(_ place: NumberedLabel) -> String {
    let number = Int(place.number)
    guard lines.indices.contains(number - 1), let file = files.last(where: { $0.first <= number }) else {
      return "example \(number)"
    }
    return "\(excerpt(file.name, limit: 80)):\(lines[number - 1])"
  }
}

/// Examples that are the same one: the first of them, and the first of the other label where there is one.
struct Repeated: Sendable {
  var first: NumberedLabel
  var other: NumberedLabel?

  init(_ first: NumberedLabel) { self.first = first }

  /// Notes one more of them and finds what that means.
  /// - Parameter how: what is the same, in words.
  mutating func add(
    _ place: NumberedLabel, _ how: String, hint: String?, _ places: ExamplePlaces,
    _ findings: inout RowFindings
  ) {
    if other == nil, place.isDesirable != first.isDesirable { other = place }
    guard let other else {
      return findings.find(RepetitionCheck.repetition, "\(how) as in \(places.text(first))")
    }
    let opposite = place.isDesirable == first.isDesirable ? other : first
    findings.find(
      RepetitionCheck.contradiction,
      "\(how) stand under both labels; \(places.text(opposite)) says \(opposite.verdict)",
      hint: hint ?? "keep the label that is right")
  }
}
