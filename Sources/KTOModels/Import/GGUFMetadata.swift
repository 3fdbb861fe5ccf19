/// Typed access to a GGUF file's metadata that names the key in what it throws.
struct GGUFMetadata {
  let values: [String: GGUFValue]

  func contains(_ key: String) -> Bool { values[key] != nil }

  /// An integer in a range.
  func int(_ key: String, in range: ClosedRange<Int>) throws(ImportError) -> Int {
    guard let number = values[key]?.int, range.contains(number) else { throw .invalidMetadata(key: key) }
    return number
  }

  func int(_ key: String, in range: ClosedRange<Int>, default standard: Int) throws(ImportError) -> Int {
    contains(key) ? try int(key, in: range) : standard
  }

  /// A finite positive number, as the shortest decimal that gives the same float32.
  func positive(_ key: String, default standard: Double? = nil) throws(ImportError) -> Double {
    guard let value = values[key] else {
      guard let standard else { throw .invalidMetadata(key: key) }
      return standard
    }
    let number: Double? = if case .float32(let single) = value { Double("\(single)") } else { value.double }
    guard let number, number.isFinite, number > 0 else { throw .invalidMetadata(key: key) }
    return number
  }

  func string(_ key: String) throws(ImportError) -> String {
    guard let text = values[key]?.string else { throw .invalidMetadata(key: key) }
    return text
  }

  func optionalString(_ key: String) throws(ImportError) -> String? {
    contains(key) ? try string(key) : nil
  }

  func bool(_ key: String, default standard: Bool) throws(ImportError) -> Bool {
    guard let value = values[key] else { return standard }
    guard let flag = value.bool else { throw .invalidMetadata(key: key) }
    return flag
  }
}
