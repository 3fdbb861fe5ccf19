package import KTOCore

/// The statistics of some examples: every member of the list.
package struct DataStatistics: Sendable {
  package private(set) var members: [any RowStatistic]
  private static let version = 1

  package init() { members = rowStatistics.map { $0.init() } }

  package mutating func add(_ row: CountedRow) {
    for index in members.indices { members[index].add(row) }
  }

  /// Makes these the statistics of both sets together.
  package mutating func merge(_ other: DataStatistics) {
    for index in members.indices { members[index] = merged(members[index], other.members[index]) }
  }

  package var json: JSONValue {
    let values = members.map { JSONObject.Member(type(of: $0).name, JSONNode($0.json)) }
    return .object(JSONObject([JSONObject.Member("version", JSONNode(.integer(Self.version)))] + values))
  }

  /// Reads a file that `stats` wrote.
  /// - Throws: `FileError`, `StatisticsError`.
  package init(path: String) throws {
    var parser = JSONParser()
    let bytes = try readFile(path, limit: 256 << 20)
    let node: JSONNode
    do { node = try parser.parse(bytes) } catch {
      throw StatisticsError.unreadable(path: path, reason: "\(error)")
    }
    guard node["version"]?.int == Self.version else { throw StatisticsError.otherVersion(path: path) }
    do throws(StatisticsError) { try self.init(json: node) } catch {
      throw StatisticsError.unreadable(path: path, reason: "\(error)")
    }
  }

  package init(json: JSONNode) throws(StatisticsError) {
    members = []
    for type in rowStatistics {
      guard let value = json[type.name] else { throw .damaged(type.name) }
      members.append(try type.init(json: value))
    }
  }

  /// All tables for people.
  package var text: String {
    members.compactMap { member in
      let lines = member.lines
      return lines.isEmpty
        ? nil : ([type(of: member).title] + lines.map { $0.isEmpty ? $0 : "  " + $0 }).joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }

  package func member<Member: RowStatistic>(_ type: Member.Type) -> Member? {
    members.lazy.compactMap { $0 as? Member }.first
  }
}

/// Two members of one place in the list.
private func merged<Member: RowStatistic>(_ a: Member, _ b: any RowStatistic) -> any RowStatistic {
  guard let b = b as? Member else { return a }
  var sum = a
  sum.merge(b)
  return sum
}
