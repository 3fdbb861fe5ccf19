package import KTOCore

/// How many different keys there are and how often each comes, by the keys with the least hashes.
///
/// Exact up to `limit` different keys; beyond that numbers of keys are estimates, off by 1% for two in three sets. The
/// counts of the keys that are kept are exact, also after merging: a key that was given up never comes back. Source:
/// Bar-Yossef et al., Counting distinct elements in a data stream, 2002.
package struct DistinctSample: Sendable, Equatable {
  package static let limit = 16_384

  /// What came with a key.
  private enum Variants: Equatable {
    case one(UInt64)
    case several
  }

  package private(set) var counts: [UInt64: ClassCounts] = [:]
  /// Of keys that came with variants; the same hashes as those of the counts.
  private var variants: [UInt64: Variants] = [:]
  /// Hashes above it were given up; all are kept while it is the greatest number.
  private var ceiling = UInt64.max

  package init() {}

  package var isExact: Bool { ceiling == .max }

  /// - Parameters:
  ///   - key: the same for what counts as the same.
  ///   - variant: what differs among those of one key, where it is asked whether there are several of it.
  package mutating func add(_ key: UInt64, _ label: Bool?, variant: UInt64? = nil) {
    // Mixed, so that the order of the hashes has nothing to do with that of the keys.
    let hash = mixed(key, seed: 1)
    guard hash <= ceiling else { return }
    counts[hash, default: ClassCounts()].add(label)
    if let variant { add(.one(variant), to: hash) }
    shrink(to: Self.limit + Self.limit / 4)
  }

  private mutating func add(_ variants: Variants, to hash: UInt64) {
    self.variants[hash] = (self.variants[hash] ?? variants) == variants ? variants : .several
  }

  package mutating func merge(_ other: DistinctSample) {
    ceiling = min(ceiling, other.ceiling)
    counts.merge(other.counts) { $0 + $1 }
    for (hash, variants) in other.variants { add(variants, to: hash) }
    dropAboveCeiling()
    shrink(to: Self.limit)
  }

  /// Gives up the greatest hashes where there are more than `room`.
  private mutating func shrink(to room: Int) {
    guard counts.count > room else { return }
    ceiling = counts.keys.sorted()[Self.limit - 1]
    dropAboveCeiling()
  }

  private mutating func dropAboveCeiling() {
    counts = counts.filter { $0.key <= ceiling }
    variants = variants.filter { $0.key <= ceiling }
  }

  /// How many keys stand for one that is kept.
  private var scale: Double { isExact ? 1 : 0x1p64 / (Double(ceiling) + 1) }

  /// Different keys, of all or of those that a condition holds for.
  package func distinct(where isCounted: (ClassCounts) -> Bool = { _ in true }) -> Int {
    Int((Double(counts.values.count { isCounted($0) }) * scale).rounded())
  }

  /// Different keys that came with more than one variant.
  package var distinctWithVariants: Int {
    Int((Double(variants.values.count { $0 == .several }) * scale).rounded())
  }

  /// `about 20000`, or the number where it is exact.
  package func text(_ number: Int) -> String { (isExact ? "" : "about ") + "\(number)" }

  package var json: JSONValue {
    let all = counts.sorted { $0.key < $1.key }.map { hash, counts in
      var items = [counts.desirable, counts.undesirable, counts.unlabelled].map { JSONValue.integer($0) }
      switch variants[hash] {
      case .one(let variant): items.append(.string(String(variant, radix: 16)))
      case .several: items.append(.bool(true))
      case nil: break
      }
      return JSONObject.Member(String(hash, radix: 16), JSONNode(.items(items)))
    }
    return .members([
      "exact": .bool(isExact), "distinct": .integer(distinct()),
      "ceiling": .string(String(ceiling, radix: 16)), "counts": .object(JSONObject(all)),
    ])
  }

  package init(json: JSONNode?) throws(StatisticsError) {
    guard let ceiling = json?["ceiling"]?.string.flatMap({ UInt64($0, radix: 16) }),
      let members = json?["counts"]?.object?.members
    else { throw .damaged("a sample of keys") }
    self.ceiling = ceiling
    for member in members {
      let items = member.node.array ?? []
      let numbers = items.prefix(3).compactMap(\.int)
      guard let hash = UInt64(member.key, radix: 16), hash <= ceiling, numbers.count == 3,
        numbers.allSatisfy({ $0 >= 0 })
      else { throw .damaged("a sample of keys") }
      counts[hash] = ClassCounts(desirable: numbers[0], undesirable: numbers[1], unlabelled: numbers[2])
      guard items.count > 3 else { continue }
      if let variant = items[3].string.flatMap({ UInt64($0, radix: 16) }) {
        variants[hash] = .one(variant)
      } else if items[3].bool == true {
        variants[hash] = .several
      } else {
        throw .damaged("a sample of keys")
      }
    }
  }
}
