internal import KTOCore

/// Gives each example an id of its own; 8 bytes an id are kept, and a little more for ids that come again.
struct IDRegistry {
  private var seen = Set<UInt64>()
  private var nextNumber: [UInt64: Int] = [:]

  /// `wanted` itself when it is new, otherwise with the first free suffix `~2`, `~3`, ….
  mutating func unique(_ wanted: String) -> String {
    let key = contentKey(wanted.utf8)
    if seen.insert(key).inserted { return wanted }
    while true {
      let number = nextNumber[key, default: 2]
      nextNumber[key] = number + 1
      let candidate = "\(wanted)~\(number)"
      if seen.insert(contentKey(candidate.utf8)).inserted { return candidate }
    }
  }
}
