internal import KTOCore

/// Shares of the rows in percent, each with the name of its part.
package struct SplitRatios: Sendable, Equatable {
  package struct Part: Sendable, Equatable {
    package var name: String
    package var share: Int

    package init(_ name: String, _ share: Int) {
      self.name = name
      self.share = share
    }
  }

  /// The names that shares without names have, in their order.
  package static let standardNames = ["train", "validation", "test"]
  /// Everything in `train`.
  package static let all = SplitRatios(unchecked: [Part("train", 100)])

  /// `train`, `validation`, `test`, then the others by name: whatever order they were given in.
  package let parts: [Part]

  private init(unchecked parts: [Part]) { self.parts = parts }

  /// - Throws: `SplitError.badRatios` unless the shares are from 0 to 100 and make 100, `train` has one above 0, and
  ///   each name is used once and is made of a to z, 0 to 9, `_` and `-`; at most 100 parts.
  package init(_ parts: [Part]) throws(SplitError) {
    func problem(_ reason: String) -> SplitError {
      .badRatios(parts.map { "\($0.name)=\($0.share)" }.joined(separator: ","), reason: reason)
    }
    if let part = parts.first(where: { !Self.isName($0.name) }) {
      throw problem("\"\(excerpt(part.name))\" is no name of a part: up to 64 of a to z, 0 to 9, _ and -")
    }
    guard Set(parts.map(\.name)).count == parts.count else { throw problem("a part is named twice") }
    guard parts.count <= 100, parts.allSatisfy({ (0...100).contains($0.share) }) else {
      throw problem("a share is a whole number from 0 to 100")
    }
    guard let train = parts.first(where: { $0.name == "train" }), train.share > 0 else {
      throw problem("the part train must have a share")
    }
    let sum = parts.reduce(0) { $0 + $1.share }
    guard sum == 100 else { throw problem("they make \(sum), not 100") }
    self.parts = Self.ordered(parts)
  }

  /// - Throws: `SplitError.badRatios` unless there are one to three shares, of train, validation and test.
  package init(_ shares: [Int]) throws(SplitError) {
    guard (1...3).contains(shares.count) else {
      throw .badRatios(
        shares.map(String.init).joined(separator: "/"), reason: "more than three shares need names")
    }
    try self.init(zip(Self.standardNames, shares).map { Part($0, $1) })
  }

  /// Reads `100`, `90/10`, `80/10/10` or `train=80,dev=10,test=10`.
  package init(parsing text: String) throws(SplitError) {
    func problem(_ reason: String) -> SplitError { .badRatios(excerpt(text), reason: reason) }
    do throws(SplitError) {
      if text.contains("=") {
        var parts: [Part] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
          let sides = item.split(separator: "=", omittingEmptySubsequences: false)
          guard sides.count == 2, let share = wholeNumber(sides[1]) else {
            throw problem("each part is written as in dev=10")
          }
          parts.append(Part(String(sides[0]), share))
        }
        try self.init(parts)
        return
      }
      let shares = text.split(separator: "/", omittingEmptySubsequences: false).map { wholeNumber($0) }
      guard !shares.contains(nil) else { throw problem("a share is a whole number from 0 to 100") }
      try self.init(shares.compactMap(\.self))
    } catch {
      guard case .badRatios(_, let reason) = error else { throw error }
      throw problem(reason)
    }
  }

  /// Whether a part may have the name: it becomes a folder's and a file's.
  package static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
      }
  }

  /// Parts in the order in which all output has them.
  static func ordered(_ parts: [Part]) -> [Part] {
    parts.sorted { a, b in
      let ranks = [a, b].map { standardNames.firstIndex(of: $0.name) ?? standardNames.count }
      return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : a.name < b.name
    }
  }

  /// The parts' names, in their order.
  package var names: [String] { parts.map(\.name) }

  var fractions: [Double] { parts.map { Double($0.share) / 100 } }
}

extension SplitRatios: CustomStringConvertible {
  /// As `init(parsing:)` reads it.
  package var description: String {
    if parts.map(\.name).elementsEqual(Self.standardNames.prefix(parts.count)) {
      return parts.map { String($0.share) }.joined(separator: "/")
    }
    return parts.map { "\($0.name)=\($0.share)" }.joined(separator: ",")
  }
}

private func wholeNumber(_ text: Substring) -> Int? {
  guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
    return nil
  }
  return Int(text)
}
