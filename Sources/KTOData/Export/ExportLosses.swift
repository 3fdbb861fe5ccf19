package import KTOCore

/// What an example has beside the texts of its messages and its label.
package enum ExamplePart: String, Sendable, CaseIterable {
  case id = "ids"
  case group = "groups"
  case source = "places in the source"
  case weight = "weights"
  case system = "system messages"
  case tools = "tool definitions"
  case messageFields = "tool calls and other fields of messages"
  case metadata

  /// Whether an example has it.
  func isIn(_ example: Example) -> Bool {
    switch self {
    case .id: !example.id.isEmpty
    case .group: !example.group.isEmpty
    case .source: !example.source.file.isEmpty
    case .weight: example.weight != nil
    case .system: example.prompt.contains { $0.isSystem }
    case .tools: example.tools != nil
    case .messageFields: (example.prompt + example.completion).contains { $0.extra != nil }
    case .metadata: example.metadata != nil
    }
  }
}

/// What a form has no place for: in how many examples it was, and how many examples were left out whole.
package struct ExportLosses: Sendable, Equatable {
  /// In written examples, by what was not written.
  package private(set) var parts: [String: Int] = [:]
  /// Examples that were not written, by the reason.
  package private(set) var leftOut: [String: Int] = [:]

  package init() {}

  package var leftOutCount: Int { leftOut.values.reduce(0, +) }

  /// Notes what a written example has and the form does not keep.
  mutating func note(_ example: Example, keeping kept: Set<ExamplePart>) {
    for part in ExamplePart.allCases where !kept.contains(part) && part.isIn(example) { note(part.rawValue) }
  }

  /// - Parameter what: in the plural, as in `places in the source`.
  mutating func note(_ what: String) { parts[what, default: 0] += 1 }

  /// - Parameter reason: follows a count of examples, as in `have more than one question`.
  mutating func leaveOut(_ reason: String) { leftOut[reason, default: 0] += 1 }

  /// A line for each kind of loss, for people.
  package func lines(form: String) -> [String] {
    var lines: [String] = []
    if !parts.isEmpty {
      let names = sorted(parts).map { "\($0.key) (\($0.value))" }
      lines.append("not written, since \(form) has no place for it: " + names.joined(separator: ", "))
    }
    for (reason, count) in sorted(leftOut) {
      lines.append("left out: \(counted(count, "example")), since \(form) cannot hold \(reason)")
    }
    return lines
  }

  package func json() -> [(String, JSONValue)] {
    [("not_written", json(parts)), ("left_out", json(leftOut))]
  }

  private func json(_ counts: [String: Int]) -> JSONValue {
    .object(JSONObject(sorted(counts).map { .init($0.key, JSONNode(.integer($0.value))) }))
  }

  /// The most frequent first.
  private func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }
}
