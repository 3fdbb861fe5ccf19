package import KTOCore

/// Values of the fields that say who or what an example is of: users, annotators, models, languages.
///
/// Of each field the first 1,000 different values are counted, and all others together.
package struct FieldStatistic: RowStatistic {
  package static let name = "fields"
  package static let title = "Users, annotators, models and the like"

  static let limit = 1000
  /// Fields of records, as exports call them.
  package static let fields = [
    "annotator", "annotator_id", "worker_id", "rater_id", "labeler", "user", "user_id", "author", "model",
    "model_name",
    "model_slug", "dataset", "source_dataset", "subset", "category", "task", "language", "lang", "locale",
  ]
  package private(set) var values: [String: [String: ClassCounts]] = [:]
  /// By field, those of values that have no line of their own.
  package private(set) var others: [String: ClassCounts] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    guard case .object(let object)? = row.example.metadata else { return }
    for member in object.members where Self.fields.contains(member.key) {
      let value: String
      switch member.node.value {
      case .string(let text): value = String(text.prefix(200))
      case .integer(let number): value = "\(number)"
      case .bool(let flag): value = "\(flag)"
      default: continue
      }
      var one = ClassCounts()
      one.add(row.label)
      add(value, one, to: member.key)
    }
  }

  private mutating func add(_ value: String, _ counts: ClassCounts, to field: String) {
    var known = values.removeValue(forKey: field) ?? [:]
    if known[value] != nil || known.count < Self.limit {
      known[value, default: ClassCounts()] += counts
    } else {
      others[field, default: ClassCounts()] += counts
    }
    values[field] = known
  }

  package mutating func merge(_ other: Self) {
    for (field, table) in other.values {
      for (value, counts) in table.sorted(by: { $0.key < $1.key }) { add(value, counts, to: field) }
    }
    others.merge(other.others) { $0 + $1 }
  }

  package var json: JSONValue {
    .members([
      "values": .object(sorted: values.map { ($0.key, KTOData.json($0.value)) }),
      "others": KTOData.json(others),
    ])
  }

  package init(json: JSONNode) throws(StatisticsError) {
    guard let fields = json["values"]?.object?.members else { throw .damaged(Self.name) }
    for member in fields { values[member.key] = try namedCounts(member.node) }
    others = try namedCounts(json["others"])
  }

  package var tables: [StatisticTable] {
    values.sorted { $0.key < $1.key }.map { field, table in
      var table = StatisticTable(of: field, table, limit: 8)
      if let rest = others[field] { table.rows.append(["beyond the first \(Self.limit)", "\(rest.total)"]) }
      return table
    }
  }
}
