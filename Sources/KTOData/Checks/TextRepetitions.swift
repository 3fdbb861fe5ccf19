internal import KTOCore

/// Examples by their texts, for a run without a model: about 45 bytes a different example.
struct TextRepetitions: Sendable {
  /// Examples that are alike but for white space.
  private struct Alike {
    /// The text of the first of them, by its 64-bit key, and its repetitions.
    var text: UInt64
    var repeated: Repeated
    /// The first of the label that the first of all has not.
    var opposite: NumberedLabel?
  }

  private var seen: [WideKey: Alike] = [:]
  /// Other texts than the first that is alike: rare.
  private var variants: [WideKey: Repeated] = [:]

  mutating func add(
    _ place: NumberedLabel, _ fingerprint: Fingerprint, _ places: ExamplePlaces, _ findings: inout RowFindings
  ) {
    let how = "the same prompt and completion"
    guard var alike = seen[fingerprint.likeness.row] else {
      seen[fingerprint.likeness.row] = Alike(text: fingerprint.row, repeated: Repeated(place))
      return
    }
    let first = alike.repeated.first
    if alike.opposite == nil, place.isDesirable != first.isDesirable { alike.opposite = place }
    let key = WideKey(low: fingerprint.row, high: fingerprint.rowTail)
    if alike.text == fingerprint.row {
      alike.repeated.add(place, how, hint: nil, places, &findings)
    } else if var variant = variants[key] {
      variant.add(place, how, hint: nil, places, &findings)
      variants[key] = variant
    } else {
      variants[key] = Repeated(place)
      if let opposite = place.isDesirable == first.isDesirable ? alike.opposite : first {
        findings.find(
          RepetitionCheck.nearContradiction,
          "prompt and completion differ in white space alone from \(places.text(opposite)), which is "
            + opposite.verdict,
          hint: "with a model known their tokens decide; prepare compares those")
      }
    }
    seen[fingerprint.likeness.row] = alike
  }
}
