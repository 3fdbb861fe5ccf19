/// One `--set training.max_steps=8`: a value for a key, given on the command line.
package struct ConfigurationOverride: Sendable, Equatable {
  /// The keys from the outermost to the one that is set; never empty.
  package var path: [String]
  /// The value, as YAML.
  package var text: String

  /// - Returns: nil unless the text is `KEY=VALUE`, where KEY may be dotted.
  package init?(_ argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    path = argument[..<equals].split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
    if path.contains("") { return nil }
    text = String(argument[argument.index(after: equals)...])
  }

  /// What diagnostics call its place.
  var location: SourceLocation { .whole("--set \(excerpt(path.joined(separator: "."), limit: 80))") }
}

extension YAMLNode {
  /// The document with the override's value in place of what stood there; sections that are missing are added.
  package func applying(_ override: ConfigurationOverride) throws(ConfigurationError) -> YAMLNode {
    var value: YAMLNode
    do {
      value = try YAMLParser().parse(Array(override.text.utf8), file: "")
    } catch {
      throw ConfigurationError(diagnostics: [
        Diagnostic(
          .configurationNotYAML, at: override.location, message: "\(error.reason)",
          hint: "the value is read as YAML; put a text with special signs in quotes")
      ])
    }
    value.relocate(to: override.location)
    return setting(override.path[...], to: value, override.location)
  }

  private func setting(_ path: ArraySlice<String>, to value: YAMLNode, _ location: SourceLocation) -> YAMLNode
  {
    guard let key = path.first else { return value }
    // What is no mapping gives way: the value is what the user asked for last.
    var members = members ?? []
    let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
    let old = index.map { members[$0].node } ?? YAMLNode(.null, at: location)
    let member = Member(
      key: key, keyLocation: path.count == 1 ? location : index.map { members[$0].keyLocation } ?? location,
      node: old.setting(path.dropFirst(), to: value, location))
    if let index { members[index] = member } else { members.append(member) }
    return YAMLNode(.mapping(members), at: self.location)
  }

  private mutating func relocate(to place: SourceLocation) {
    location = place
    switch value {
    case .sequence(var items):
      for index in items.indices { items[index].relocate(to: place) }
      value = .sequence(items)
    case .mapping(var members):
      for index in members.indices {
        members[index].keyLocation = place
        members[index].node.relocate(to: place)
      }
      value = .mapping(members)
    default: break
    }
  }
}
