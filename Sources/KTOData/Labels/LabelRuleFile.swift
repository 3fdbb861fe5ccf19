package import KTOCore

/// The rules of one file, in its order: the first that knows any of an example's evidence decides, alone.
package struct LabelRuleFile: Sendable {
  package struct Entry: Sendable {
    package var kind: String
    package var name: String?
    package var weight: Double?
    package var rule: any LabelRule
    package var location: SourceLocation

    /// What reports call the rule: its name, or its kind and field.
    package var title: String {
      if let name { return excerpt(name) }
      return rule.field.isEmpty
        ? kind : "\(kind) of \(excerpt(rule.field.map { jsonPointerToken($0) }.joined(), limit: 80))"
    }
  }

  package var path: String
  package var rules: [Entry]

  /// The fields that rules ask records for, each once.
  package var fields: [[String]] {
    var fields: [[String]] = []
    for entry in rules where !entry.rule.field.isEmpty && !fields.contains(entry.rule.field) {
      fields.append(entry.rule.field)
    }
    return fields
  }

  /// - Throws: `ConfigurationError` with every finding (C00 to C05), `FileError` where the file cannot be read.
  package init(path: String) throws {
    let parser = YAMLParser()
    try self.init(try readFile(path, limit: parser.maxByteCount), path: path)
  }

  /// - Parameter path: what locations call the text.
  /// - Throws: `ConfigurationError` with every finding.
  package init(_ bytes: [UInt8], path: String) throws(ConfigurationError) {
    self.path = path
    rules = []
    let document: YAMLNode
    do {
      document = try YAMLParser().parse(bytes, file: path)
    } catch {
      throw ConfigurationError(diagnostics: [
        Diagnostic(.configurationNotYAML, at: error.location, message: "\(error.reason)")
      ])
    }
    var findings: [Diagnostic] = []
    for (index, node) in Self.list(in: document, &findings).enumerated() {
      if let entry = Self.entry(node, "rules[\(index)]", &findings) { rules.append(entry) }
    }
    if !findings.isEmpty { throw ConfigurationError(diagnostics: findings.inFileOrder) }
  }

  private static let kindNames = labelRules.map { $0.name }
  private static let kindHint = "the kinds are " + kindNames.joined(separator: ", ")

  /// The nodes of the rules.
  private static func list(in document: YAMLNode, _ findings: inout [Diagnostic]) -> [YAMLNode] {
    let shape = "the file holds one key, rules, with a list such as: [{kind: thumbs}]"
    guard let members = document.members else {
      findings.append(
        Diagnostic(
          .configurationWrongType, at: document.location,
          message: "label rules must be a mapping with the key rules, not \(document.summary)", hint: shape))
      return []
    }
    for member in members where member.key != "rules" {
      findings.append(
        Diagnostic(
          .configurationUnknownKey, at: member.keyLocation, message: "unknown key '\(excerpt(member.key))'",
          hint: closest(to: member.key, in: ["rules"]).map { "did you mean '\($0)'?" } ?? shape))
    }
    guard let node = document["rules"] else {
      if findings.isEmpty {
        findings.append(
          Diagnostic(
            .configurationMissingKey, at: document.location, message: "rules is missing", hint: shape))
      }
      return []
    }
    guard let items = node.items, !items.isEmpty else {
      findings.append(
        Diagnostic(
          node.items == nil ? .configurationWrongType : .configurationOutOfRange, at: node.location,
          message:
            "rules must be a list of at least one rule, not \(node.items == nil ? node.summary : "an empty one")",
          hint: shape))
      return []
    }
    return items
  }

  private static func entry(_ node: YAMLNode, _ name: String, _ findings: inout [Diagnostic]) -> Entry? {
    guard node.members != nil else {
      let near =
        if case .string(let text) = node.value { kindNames.contains(text) ? text : nil } else { String?.none }
      findings.append(
        Diagnostic(
          .configurationWrongType, at: node.location,
          message: "\(name) must be a mapping with a kind, not \(node.summary)",
          hint: near.map { "did you mean {kind: \($0)}?" } ?? kindHint))
      return nil
    }
    guard let kind = node["kind"] else {
      findings.append(
        Diagnostic(
          .configurationMissingKey, at: node.location, message: "\(name).kind is missing", hint: kindHint))
      return nil
    }
    guard case .string(let text) = kind.value, let type = labelRules.first(where: { $0.name == text }) else {
      let near =
        if case .string(let text) = kind.value { closest(to: text, in: kindNames) } else { String?.none }
      findings.append(
        Diagnostic(
          .configurationOutOfRange, at: kind.location,
          message: "\(name).kind must be one of \(kindNames.joined(separator: ", ")), not \(kind.summary)",
          hint: near.map { "did you mean \($0)?" }))
      return nil
    }
    return entry(type, node, name, &findings)
  }

  private static func entry<Rule: LabelRule>(
    _ type: Rule.Type, _ node: YAMLNode, _ name: String, _ findings: inout [Diagnostic]
  ) -> Entry? {
    let (keys, found) = Rule.Keys.reading(node, as: name)
    findings += found
    guard found.isEmpty else { return nil }
    return Entry(
      kind: type.name, name: keys.common.name, weight: keys.common.weight, rule: Rule(keys),
      location: node.location)
  }
}
