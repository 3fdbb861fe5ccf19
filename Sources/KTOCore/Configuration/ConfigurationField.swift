/// One struct of a configuration: its defaults are the struct's own, its keys one table.
///
/// The table alone drives reading, writing, the JSON Schema and the documentation, so they cannot part.
package protocol ConfigurationSection: Sendable, Equatable {
  /// Every value at its default.
  init()
  static var fields: [ConfigurationField<Self>] { get }
  /// What is wrong between keys, each under the key that it is about.
  var conflicts: [(key: String, message: String)] { get }
  /// Keys beside those of the table, which the user names.
  static var namedFields: NamedFields<Self>? { get }
  /// Settles what the document left out, by the keys that it has.
  mutating func complete(given keys: Set<String>)
  /// A hint for a key that is not ours but another tool's; nil for every other. That of the whole configuration is asked.
  static func peerHint(for key: String) -> String?
}

extension ConfigurationSection {
  package static func peerHint(for key: String) -> String? { nil }
  package var conflicts: [(key: String, message: String)] { [] }
  package static var namedFields: NamedFields<Self>? { nil }
  package mutating func complete(given keys: Set<String>) {}
}

/// Keys that the user names, all with values of one kind.
package struct NamedFields<Root> {
  /// The names that may be, as a regular expression for the JSON Schema and as a test.
  let pattern: String
  let accepts: (String) -> Bool
  /// The names that a value has.
  let names: (Root) -> [String]
  let field: (String) -> ConfigurationField<Root>

  package init(
    pattern: String, accepts: @escaping (String) -> Bool, names: @escaping (Root) -> [String],
    field: @escaping (String) -> ConfigurationField<Root>
  ) {
    self.pattern = pattern
    self.accepts = accepts
    self.names = names
    self.field = field
  }
}

/// One key: how it is read, written and described.
package struct ConfigurationField<Root> {
  package let key: String
  /// What it means, its unit and its default behaviour: a sentence or two, in plain words.
  package let summary: String
  /// Whether there is no default to fall back on.
  let isRequired: Bool
  /// The keys below it, where it is a section.
  let children: [ConfigurationKey]
  let read: (inout Root, YAMLNode, ConfigurationContext) -> Void
  /// Looks at a value that was read, or stayed at its default: the keys that are missing, the conflicts.
  let check: (Root, YAMLNode?, ConfigurationContext) -> Void
  let render: (Root) -> RenderedValue
  /// The members of the key's JSON Schema, apart from its description.
  let schema: (Root) -> [(String, JSONValue)]
  package internal(set) var marks: ConfigurationMarks = []
}

/// A key without its type, for listing.
package struct ConfigurationKey: Sendable, Equatable {
  package let key: String
  package let summary: String
  package let children: [ConfigurationKey]
}

/// A value on its way to YAML or JSON.
indirect enum RenderedValue {
  case null
  case bool(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  case strings([String])
  case items([JSONValue])
  case section([(key: String, summary: String, marks: ConfigurationMarks, value: RenderedValue)])

  var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .strings(let texts): .items(texts.map { .string($0) })
    case .items(let items): .items(items)
    case .section(let members):
      .object(JSONObject(members.map { JSONObject.Member($0.key, JSONNode($0.value.json)) }))
    }
  }

  /// As YAML on one line; nil for a section.
  var yaml: String? {
    switch self {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .double(let number): yamlNumberText(number)
    case .string(let text): yamlScalarText(text)
    case .strings(let texts): "[" + texts.map { yamlScalarText($0) }.joined(separator: ", ") + "]"
    case .items(let items):
      "["
        + items.map { if case .string(let text) = $0 { yamlScalarText(text) } else { $0.jsonText } }
        .joined(separator: ", ") + "]"
    case .section: nil
    }
  }
}

/// The shortest decimal that reads back as the number: `0.1`, `1.0`, `5e-6`.
private func yamlNumberText(_ number: Double) -> String {
  var text = "\(number)"
  if let range = text.firstRange(of: "e-0") { text.replaceSubrange(range, with: "e-") }
  return text
}

/// Where findings are collected; one for a whole reading.
final class ConfigurationContext {
  var diagnostics: [Diagnostic] = []
  /// The dotted path of the section being read, with a dot at its end, or empty.
  var path = ""
  /// Every dotted path there is, for suggestions.
  let known: [String]
  /// The whole of what is read, for what is missing from it.
  let whole: SourceLocation
  /// See `ConfigurationSection.peerHint(for:)`.
  let peerHint: (String) -> String?
  /// Whether keys can be set on the command line, too.
  var isConfiguration = true

  init(known: [String], whole: SourceLocation, peerHint: @escaping (String) -> String?) {
    self.known = known
    self.whole = whole
    self.peerHint = peerHint
  }

  func report(_ code: Code, at location: SourceLocation?, _ message: String, hint: String? = nil) {
    diagnostics.append(Diagnostic(code, at: location, message: message, hint: hint))
  }

  func wrongType(_ key: String, _ node: YAMLNode, expected: String, hint: String? = nil) {
    report(
      .configurationWrongType, at: node.location, "\(path)\(key) must be \(expected), not \(node.summary)",
      hint: hint)
  }

  func outOfRange(_ key: String, _ node: YAMLNode, expected: String, hint: String? = nil) {
    report(
      .configurationOutOfRange, at: node.location, "\(path)\(key) must be \(expected), not \(node.summary)",
      hint: hint)
  }

  func within(_ key: String, _ body: () -> Void) {
    let outer = path
    path += key + "."
    body()
    path = outer
  }
}
