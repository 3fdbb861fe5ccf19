package import KTOCore

/// The statistics of some examples: every member of the list.
package struct DataStatistics: Sendable {
  package private(set) var members: [any RowStatistic]
  /// What tokens were counted with; nil where none were.
  package private(set) var tokenizer: TokenizerIdentity?
  private static let version = 2

  package init() { members = rowStatistics.map { $0.init() } }

  package mutating func add(_ row: CountedRow) {
    for index in members.indices { members[index].add(row) }
  }

  /// Says what the tokens of rows that are added next are counted with.
  /// - Parameter name: what the rows come from, for the error.
  /// - Throws: `StatisticsError.otherTokenizer` where there are counts of another one.
  package mutating func countTokens(
    with tokenizer: TokenizerIdentity, of name: String
  ) throws(StatisticsError) {
    if let known = self.tokenizer, !known.countsAlike(tokenizer) {
      throw .otherTokenizer(of: name, model: tokenizer.model, known: known.model)
    }
    self.tokenizer = self.tokenizer ?? tokenizer
  }

  /// Makes these the statistics of both sets together.
  /// - Parameter name: what the other set comes from, for the error.
  /// - Throws: `StatisticsError.otherTokenizer` where tokens were counted in different ways.
  package mutating func merge(_ other: DataStatistics, of name: String) throws(StatisticsError) {
    if let tokenizer = other.tokenizer { try countTokens(with: tokenizer, of: name) }
    for index in members.indices { members[index] = merged(members[index], other.members[index]) }
  }

  package var json: JSONValue {
    var all = [JSONObject.Member("version", JSONNode(.integer(Self.version)))]
    if let tokenizer { all.append(JSONObject.Member("tokenizer", JSONNode(tokenizer.json))) }
    return .object(
      JSONObject(all + members.map { JSONObject.Member(type(of: $0).name, JSONNode($0.json)) }))
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
    if let node = json["tokenizer"] { tokenizer = try TokenizerIdentity(json: node) }
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
