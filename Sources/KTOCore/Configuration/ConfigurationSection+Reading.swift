extension ConfigurationSection {
  /// Every key of the section, in order.
  package static var keys: [ConfigurationKey] {
    fields.map { ConfigurationKey(key: $0.key, summary: $0.summary, children: $0.children) }
  }

  /// Every dotted path that holds a value or a section.
  package static var paths: [String] { dottedPaths(keys, prefix: "") }

  /// Reads a document strictly: an unknown key, a wrong type and a value out of range are each a finding, and
  /// all of them are reported together.
  /// - Throws: `ConfigurationError` with every finding.
  package init(reading document: YAMLNode) throws(ConfigurationError) {
    let context = ConfigurationContext(
      known: Self.paths, whole: .whole(document.location.file), peerHint: { Self.peerHint(for: $0) })
    self.init()
    Self.read(&self, document, context)
    Self.check(self, document, context)
    if !context.diagnostics.isEmpty {
      throw ConfigurationError(diagnostics: context.diagnostics.inFileOrder)
    }
  }

  /// Reads an entry of a file that is no configuration, as strictly.
  /// - Parameters:
  ///   - name: what messages call the entry, such as `rules[0]`.
  /// - Returns: the entry with what is wrong with it, in no order.
  package static func reading(_ node: YAMLNode, as name: String) -> (value: Self, findings: [Diagnostic]) {
    let context = ConfigurationContext(known: paths, whole: node.location, peerHint: { _ in nil })
    context.isConfiguration = false
    context.path = name + "."
    var root = Self()
    read(&root, node, context)
    // What could not be read looks as if it were missing.
    if context.diagnostics.isEmpty { check(root, node, context) }
    return (root, context.diagnostics)
  }

  static func read(_ root: inout Self, _ node: YAMLNode, _ context: ConfigurationContext) {
    if node.value == .null { return }
    guard let members = node.members else {
      let name = context.path.isEmpty ? "the configuration" : String(context.path.dropLast())
      context.report(
        .configurationWrongType, at: node.location,
        "\(name) must be a mapping of keys to values, not \(node.summary)")
      return
    }
    let fields = Self.fields
    for member in members {
      if let field = fields.first(where: { $0.key.hasSameBytes(as: member.key) }) {
        field.read(&root, member.node, context)
      } else if let named = namedFields, named.accepts(member.key) {
        named.field(member.key).read(&root, member.node, context)
      } else {
        context.report(
          .configurationUnknownKey, at: member.keyLocation,
          "unknown key '\(context.path)\(excerpt(member.key))'",
          hint: suggestion(for: member.key, among: fields.map(\.key), context))
      }
    }
    root.complete(given: Set(members.map(\.key)))
  }

  static func check(_ root: Self, _ node: YAMLNode?, _ context: ConfigurationContext) {
    let findingCount = context.diagnostics.count
    for field in fields { field.check(root, node?[field.key], context) }
    guard context.diagnostics.count == findingCount else { return }
    for (key, message) in root.conflicts {
      let location = node?.members?.first { $0.key == key }?.keyLocation ?? node?.location
      context.report(.configurationConflict, at: location, "\(context.path)\(key): \(message)")
    }
  }

  /// What an unknown key was most likely meant to be, as a whole path: the same key in another section, what another
  /// tool calls a key of ours, or the nearest one, here before elsewhere.
  private static func suggestion(
    for key: String, among keys: [String], _ context: ConfigurationContext
  ) -> String? {
    func question(_ paths: [String]) -> String {
      "did you mean " + paths.map { "'\($0)'" }.joined(separator: " or ") + "?"
    }
    if key.contains("."), context.known.contains(key) {
      return "in a file the keys of a section stand below its name, not behind a dot"
    }
    let elsewhere = context.known.filter { $0 == key || $0.hasSuffix("." + key) }
    if !elsewhere.isEmpty, context.isConfiguration { return question(Array(elsewhere.prefix(3))) }
    if let hint = context.peerHint(key) { return hint }
    if let near = closest(to: key, in: keys) { return question([context.path + near]) }
    // Far from here a key must be nearer to be meant.
    let last = context.known.map { (path: $0, key: $0.split(separator: ".").last.map { String($0) } ?? $0) }
    if key.utf8.count > 5, let near = closest(to: key, in: last.map(\.key)) {
      return question(last.filter { $0.key == near }.map(\.path))
    }
    return keys.isEmpty ? nil : "the keys here are " + keys.joined(separator: ", ")
  }
}

/// What is wrong with a configuration: at least one finding, in the order of the file.
package struct ConfigurationError: Error, Equatable, Sendable {
  package var diagnostics: [Diagnostic]

  package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

private func dottedPaths(_ keys: [ConfigurationKey], prefix: String) -> [String] {
  keys.flatMap { [prefix + $0.key] + dottedPaths($0.children, prefix: prefix + $0.key + ".") }
}

extension [Diagnostic] {
  /// Ordered by place; what has none comes last, as it was found.
  package var inFileOrder: [Diagnostic] {
    enumerated().sorted { a, b in
      let left = a.element.offset
      let right = b.element.offset
      return (left, a.offset) < (right, b.offset)
    }.map(\.element)
  }
}

extension Diagnostic {
  fileprivate var offset: Int {
    guard let location, location.line > 0 else { return .max }
    return location.byteOffset
  }
}
