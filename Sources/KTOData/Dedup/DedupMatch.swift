package import KTOCore

/// A row that is a duplicate of another one.
package struct DedupMatch: Sendable, Equatable {
  /// A row by what a person finds it with.
  package struct Place: Sendable, Equatable {
    package var id: String
    package var file: String
    package var line: Int
  }

  package var kind: DuplicateKind
  package var row: Place
  /// The first row of its set, which is kept or is of the older set.
  package var kept: Place
  /// Whether the kept row is of the older set.
  package var isOlder: Bool
  /// The Jaccard index of the shingles of both, for a row the lower one of prompt and completion; nil unless near
  /// duplicates are looked for.
  package var jaccard: Double?
  /// What the signatures say of it.
  package var estimate: Double?
  /// The row that it is alike to, and their Jaccard index, where the kept row is below the threshold.
  package var through: (row: Place, jaccard: Double)?
  /// Whether the two have different labels; nil for a row that is alike to the kept one only through others.
  package var labelsDiffer: Bool?

  package static func == (a: Self, b: Self) -> Bool { a.json.jsonText == b.json.jsonText }

  /// A line of the file of matches.
  package var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("row", row.json), ("kept", kept.json),
      ("older_set", .bool(isOlder)),
    ]
    if let jaccard { members.append(("jaccard", .double(rounded(jaccard)))) }
    if let estimate { members.append(("estimated", .double(rounded(estimate)))) }
    if let through {
      var place = through.row.members
      place.append(("jaccard", .double(rounded(through.jaccard))))
      members.append(("through", object(place)))
    }
    if let labelsDiffer { members.append(("labels_differ", .bool(labelsDiffer))) }
    return object(members)
  }
}

extension DedupMatch.Place {
  fileprivate var members: [(String, JSONValue)] {
    [("id", .string(id)), ("file", .string(file)), ("line", .integer(line))]
  }
  var json: JSONValue { object(members) }

  /// The place that an example's JSON names.
  init(_ json: [UInt8], _ parser: inout JSONParser) {
    let node = try? parser.parse(json)
    id = node?["id"]?.string ?? ""
    file = node?["source"]?["file"]?.string ?? ""
    line = node?["source"]?["line"]?.int ?? 0
  }
}

private func object(_ members: [(String, JSONValue)]) -> JSONValue {
  .object(JSONObject(members.map { JSONObject.Member($0.0, JSONNode($0.1)) }))
}

/// Four decimals.
private func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }
