import KTOCore
import KTOTestSupport

@testable import KTOData

/// Rows that differ in every column, the second with an empty prompt.
func sampleRows(_ count: Int, weighted: Bool = false) -> [TokenizedExample] {
  var rows: [TokenizedExample] = []
  for number in 0..<count {
    let word = UInt32(number)
    let prompt: [UInt32] = number == 1 ? [] : (0..<(word % 7)).map { $0 * 65_537 + word }
    let completion: [UInt32] = (0...(word % 5)).map { 4_294_967_290 + $0 }
    rows.append(
      TokenizedExample(
        id: "row-\(number)", group: "gruppe-ä-\(number / 2)", label: number.isMultiple(of: 3),
        promptIDs: prompt, completionIDs: completion, weight: weighted ? 0.5 + Double(number) : nil))
  }
  return rows
}
