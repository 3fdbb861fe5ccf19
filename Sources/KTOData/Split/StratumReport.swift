internal import KTOCore

/// How evenly one stratification's values lie in the parts, before the balance leaves rows out.
struct StratumReport: Sendable {
  /// As the user wrote it.
  let by: String
  let values: [Value]

  struct Value: Sendable {
    let name: String
    /// Rows in each part.
    var rows: [Int]
  }

  static func reports(
    _ records: SplitRecords, _ stratify: [StratifyBy], names: [[String]], _ places: [UInt8], partCount: Int
  ) -> [StratumReport] {
    zip(stratify, records.strata).enumerated().map { index, stratification in
      let (by, numbers) = stratification
      let ofRow = by == .length ? Strata.quarters(of: numbers) : numbers
      let known = by == .length ? ["shortest", "short", "long", "longest"] : names.indices.contains(index) ? names[index] : []
      var values: [Value] = []
      for (number, place) in zip(ofRow, places) {
        while values.count <= Int(number) {
          let name = known.indices.contains(values.count) ? known[values.count] : "\(values.count)"
          values.append(Value(name: name, rows: [Int](repeating: 0, count: partCount)))
        }
        values[Int(number)].rows[Int(place)] += 1
      }
      return StratumReport(by: by.description, values: values)
    }
  }

  /// The largest difference between a value's share in a part and its share of all rows, in percentage points.
  private var largestDifference: (points: Double, value: String)? {
    let total = values.reduce(0) { $0 + $1.rows.reduce(0, +) }
    guard let partCount = values.first?.rows.count, total > 0 else { return nil }
    let parts = (0..<partCount).map { part in values.reduce(0) { $0 + $1.rows[part] } }
    var largest = (points: 0.0, value: "")
    for value in values {
      let share = Double(value.rows.reduce(0, +)) / Double(total)
      for part in 0..<partCount where parts[part] > 0 {
        let points = abs(Double(value.rows[part]) / Double(parts[part]) - share) * 100
        if points > largest.points { largest = (points, value.name) }
      }
    }
    return largest
  }

  /// For people, on one line.
  var text: String {
    guard let largest = largestDifference else { return "\(by): no rows" }
    let count = counted(values.count, "value")
    guard largest.points > 0 else { return "\(by): \(count), each in the same share in every part" }
    return "\(by): \(count); no share of one in a part is more than \(decimal(largest.points, digits: 1)) points from its "
      + "share of all (\(excerpt(largest.value)))"
  }

  func json(parts: [String]) -> JSONValue {
    .object(
      JSONObject(
        values.map { value in
          let rows = zip(parts, value.rows).map { JSONObject.Member($0, JSONNode(.integer($1))) }
          return JSONObject.Member(value.name, JSONNode(.object(JSONObject(rows))))
        }))
  }
}
