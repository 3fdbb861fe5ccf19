internal import KTOCore

/// A value for each class, and one for examples without a label.
package struct ByClass<Value: Sendable>: Sendable {
  package var desirable: Value
  package var undesirable: Value
  package var unlabelled: Value

  package init(_ value: Value) { (desirable, undesirable, unlabelled) = (value, value, value) }

  package subscript(label: Bool?) -> Value {
    get {
      switch label {
      case true?: desirable
      case false?: undesirable
      case nil: unlabelled
      }
    }
    set {
      switch label {
      case true?: desirable = newValue
      case false?: undesirable = newValue
      case nil: unlabelled = newValue
      }
    }
  }

  /// The classes by their names.
  package static var labels: [(name: String, label: Bool?)] {
    [("desirable", true), ("undesirable", false), ("unlabelled", nil)]
  }

  func json(_ value: (Value) -> JSONValue) -> JSONValue {
    .object(JSONObject(Self.labels.map { JSONObject.Member($0.name, JSONNode(value(self[$0.label]))) }))
  }

  init(
    _ initial: Value, json: JSONNode?, _ value: (JSONNode) throws(StatisticsError) -> Value
  ) throws(StatisticsError) {
    self.init(initial)
    for (name, label) in Self.labels {
      guard let node = json?[name] else { throw .damaged(name) }
      self[label] = try value(node)
    }
  }
}

extension ClassCounts {
  init(json: JSONNode?) throws(StatisticsError) {
    let counts = try ByClass<Int>(0, json: json) { (node) throws(StatisticsError) in
      guard let count = node.int, count >= 0 else { throw .damaged("a count") }
      return count
    }
    self.init(desirable: counts.desirable, undesirable: counts.undesirable, unlabelled: counts.unlabelled)
  }

  /// All three, whether or not they are 0.
  var fullJSON: JSONValue {
    .members([
      "desirable": .integer(desirable), "undesirable": .integer(undesirable),
      "unlabelled": .integer(unlabelled),
    ])
  }

  static func + (a: ClassCounts, b: ClassCounts) -> ClassCounts {
    var sum = a
    sum += b
    return sum
  }
}

/// Names with counts of classes, as JSON and back.
func json(_ counts: [String: ClassCounts]) -> JSONValue {
  .object(sorted: counts.map { ($0.key, $0.value.fullJSON) })
}

func namedCounts(_ json: JSONNode?) throws(StatisticsError) -> [String: ClassCounts] {
  guard let members = json?.object?.members else { throw .damaged("a table of counts") }
  var counts: [String: ClassCounts] = [:]
  for member in members { counts[member.key] = try ClassCounts(json: member.node) }
  return counts
}
