/// A text in Unicode's form NFKC, with the data of Unicode 9.0: full-width letters, ligatures and their like become the
/// plain ones, and letters with their accents one scalar each.
/// - Parameter text: valid UTF-8.
/// - Returns: nil where it is in that form already.
package func compatibilityComposed(_ text: Span<UInt8>) -> [UInt8]? {
  guard NormalizationData.shared.nextOdd(in: text, from: 0, for: .nfkc) != nil else { return nil }
  var aligned = AlignedText(text, isTraced: false)
  NormalizationForm.nfkc.apply(to: &aligned)
  return aligned.bytes
}
