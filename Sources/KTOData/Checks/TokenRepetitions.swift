internal import KTOCore

/// Examples by their tokens: about 55 bytes a different example.
struct TokenRepetitions: Sendable {
  private struct Same {
    var repeated: Repeated
    var isTruncated: Bool
    /// Of the first example: its text, and its text but for white space, by 64-bit keys that only choose words.
    var text: UInt64
    var spaced: UInt64
  }

  private var seen: [WideKey: Same] = [:]

  mutating func add(
    _ place: NumberedLabel, _ keys: TokenKeys, _ fingerprint: Fingerprint, isTruncated: Bool,
    _ places: ExamplePlaces, _ findings: inout RowFindings
  ) {
    let spaced = fingerprint.likeness.row.low
    guard var same = seen[keys.row] else {
      seen[keys.row] = Same(
        repeated: Repeated(place), isTruncated: isTruncated, text: fingerprint.row, spaced: spaced)
      return
    }
    let how: String
    var hint: String?
    if same.text == fingerprint.row {
      how = "the same prompt and completion"
    } else if same.spaced == spaced {
      how = "the same tokens (the texts differ in white space that the template removes)"
    } else if isTruncated || same.isTruncated {
      how = "the same tokens (the texts differ only behind the cut at max_length)"
      hint = "keep the label that is right, or raise model.max_seq_length"
    } else {
      how = "the same tokens (the template writes the two texts alike)"
    }
    same.repeated.add(place, how, hint: hint, places, &findings)
    seen[keys.row] = same
  }
}
