package import KTOCore

/// Rows of each class. What has no label yet, or never got one, is counted apart.
package struct ClassCounts: Sendable, Equatable {
  package var desirable = 0
  package var undesirable = 0
  package var unlabelled = 0

  package init(desirable: Int = 0, undesirable: Int = 0, unlabelled: Int = 0) {
    self.desirable = desirable
    self.undesirable = undesirable
    self.unlabelled = unlabelled
  }

  package var total: Int { desirable + undesirable + unlabelled }

  package mutating func add(_ label: Bool?) {
    switch label {
    case true?: desirable += 1
    case false?: undesirable += 1
    case nil: unlabelled += 1
    }
  }

  package subscript(isDesirable: Bool) -> Int { isDesirable ? desirable : undesirable }

  package static func += (a: inout ClassCounts, b: ClassCounts) {
    a.desirable += b.desirable
    a.undesirable += b.undesirable
    a.unlabelled += b.unlabelled
  }

  package static func -= (a: inout ClassCounts, b: ClassCounts) {
    a.desirable -= b.desirable
    a.undesirable -= b.undesirable
    a.unlabelled -= b.unlabelled
  }

  /// `50 desirable, 40 undesirable`, and what has no label where there is any.
  package var text: String {
    "\(desirable) desirable, \(undesirable) undesirable"
      + (unlabelled > 0 ? ", \(unlabelled) without a label" : "")
  }

  package func json() -> JSONValue {
    .members([
      "desirable": .integer(desirable), "undesirable": .integer(undesirable),
      "unlabelled": .integer(unlabelled),
    ])
  }
}
