internal import KTOTokenizer

extension GGUFMetadata: GGUFTokenizerSource {
  func text(_ key: String) -> String? { values[key]?.string }
  func texts(_ key: String) -> [String]? { values[key]?.strings }
  func flag(_ key: String) -> Bool? { values[key]?.bool }
  func integer(_ key: String) -> Int? { values[key]?.int }
  func integers(_ key: String) -> [Int64]? { values[key]?.integers }

  func numbers(_ key: String) -> [Double]? {
    guard case .array(let values)? = values[key] else { return nil }
    var numbers: [Double] = []
    numbers.reserveCapacity(values.count)
    for value in values {
      guard let number = value.double, !number.isNaN else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
