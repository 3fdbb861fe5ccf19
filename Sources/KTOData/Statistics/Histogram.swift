internal import Glibc
package import KTOCore

/// How often sizes from 0 on occur: each size below 64 by itself, larger ones in 32 steps for each doubling.
///
/// Count, sum, least and greatest are exact; a quantile is off by 3% at most.
package struct Histogram: Sendable, Equatable {
  package private(set) var count = 0
  package private(set) var sum = 0
  package private(set) var least = 0
  package private(set) var greatest = 0
  /// By the number of the step.
  private var steps: [Int: Int] = [:]
  private static let exact = 64
  private static let perDoubling = 32

  package init() {}

  package mutating func add(_ size: Int) {
    least = count == 0 ? size : min(least, size)
    greatest = max(greatest, size)
    count += 1
    sum += size
    steps[Self.step(of: size), default: 0] += 1
  }

  package mutating func merge(_ other: Histogram) {
    guard other.count > 0 else { return }
    least = count == 0 ? other.least : min(least, other.least)
    greatest = max(greatest, other.greatest)
    count += other.count
    sum += other.sum
    for (step, number) in other.steps { steps[step, default: 0] += number }
  }

  package var mean: Double { count > 0 ? Double(sum) / Double(count) : 0 }

  /// The size that a share of all do not exceed.
  package func quantile(_ share: Double) -> Int {
    let wanted = max(1, Int((share * Double(count)).rounded(.up)))
    var passed = 0
    for (step, number) in steps.sorted(by: { $0.key < $1.key }) {
      passed += number
      if passed >= wanted { return min(max(Self.lowest(of: step), least), greatest) }
    }
    return greatest
  }

  /// How many sizes are in each range of a list that begins with `starts`.
  package func counts(from starts: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: starts.count)
    for (step, number) in steps {
      let size = Self.lowest(of: step)
      if let place = starts.lastIndex(where: { $0 <= size }) { counts[place] += number }
    }
    return counts
  }

  private static func step(of size: Int) -> Int {
    guard size >= exact else { return max(0, size) }
    let power = Int.bitWidth - 1 - size.leadingZeroBitCount
    let part = (size - 1 << power) >> (power - 5)
    return exact + (power - 6) * perDoubling + part
  }

  /// The least size of a step.
  private static func lowest(of step: Int) -> Int {
    guard step >= exact else { return step }
    let (power, part) = ((step - exact) / perDoubling + 6, (step - exact) % perDoubling)
    return 1 << power + part << (power - 5)
  }

  package var json: JSONValue {
    .members([
      "count": .integer(count), "sum": .integer(sum), "min": .integer(least), "max": .integer(greatest),
      "p05": .integer(quantile(0.05)), "p50": .integer(quantile(0.5)), "p95": .integer(quantile(0.95)),
      "steps": .object(
        JSONObject(
          steps.sorted { $0.key < $1.key }.map {
            JSONObject.Member("\($0.key)", JSONNode(.integer($0.value)))
          })
      ),
    ])
  }

  package init(json: JSONNode) throws(StatisticsError) {
    guard let count = json["count"]?.int, let sum = json["sum"]?.int, let least = json["min"]?.int,
      let greatest = json["max"]?.int, let steps = json["steps"]?.object, count >= 0, least >= 0,
      greatest >= least
    else { throw .damaged("a histogram") }
    (self.count, self.sum, self.least, self.greatest) = (count, sum, least, greatest)
    for member in steps.members {
      guard let step = Int(member.key), (0...2000).contains(step), let number = member.node.int, number > 0
      else {
        throw .damaged("a histogram")
      }
      self.steps[step] = number
    }
    guard self.steps.values.reduce(0, { $0 &+ $1 }) == count else { throw .damaged("a histogram") }
  }
}
