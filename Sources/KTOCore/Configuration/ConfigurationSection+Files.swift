extension ConfigurationSection {
  /// Reads a YAML file, then the values of the command line over it.
  /// - Parameter path: the file; nil for the defaults alone.
  /// - Throws: `ConfigurationError` with every finding, `FileError` when the file cannot be read.
  package init(path: String?, overrides: [ConfigurationOverride] = []) throws {
    var document = YAMLNode(.mapping([]), at: .whole(path ?? "configuration"))
    if let path {
      let parser = YAMLParser()
      do {
        let bytes = try readFile(path, limit: parser.maxByteCount)
        document = try parser.parse(bytes, file: path)
      } catch let error as YAMLError {
        throw ConfigurationError(diagnostics: [
          Diagnostic(.configurationNotYAML, at: error.location, message: "\(error.reason)")
        ])
      }
    }
    for override in overrides { document = try document.applying(override) }
    try self.init(reading: document)
  }

  /// The values as commented YAML that reads back as the same values.
  package var yamlText: String { yamlText(notes: [:]) }

  /// The same with more comments.
  /// - Parameter notes: what to say of a key beyond what it means, by its dotted path.
  package func yamlText(notes: [String: String]) -> String {
    var lines: [String] = []
    Self.append(Self.render(self), to: &lines, path: "", depth: 0, notes)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The values as JSON, keys in the order of the table.
  package var json: JSONValue { Self.render(self).json }

  /// The values that are not the defaults, one `path: value` a line.
  package func differences() -> String {
    let defaults = Dictionary(
      yamlLeaves(Self.render(Self()), path: "").map { ($0.path, $0.text) }, uniquingKeysWith: { $1 })
    return yamlLeaves(Self.render(self), path: "")
      .filter { defaults[$0.path] != $0.text }
      .map { "\($0.path): \($0.text)\n" }
      .joined()
  }

  static func render(_ root: Self) -> RenderedValue {
    var fields = fields
    if let named = namedFields { fields += named.names(root).map { named.field($0) } }
    return .section(fields.map { ($0.key, $0.summary, $0.marks, $0.render(root)) })
  }

  private static func append(
    _ value: RenderedValue, to lines: inout [String], path: String, depth: Int, _ notes: [String: String]
  ) {
    guard case .section(let members) = value else { return }
    let indent = String(repeating: "  ", count: depth)
    for (index, member) in members.enumerated() {
      if depth == 0, index > 0 { lines.append("") }
      let path = path.isEmpty ? member.key : "\(path).\(member.key)"
      for text in [member.summary, notes[path]] {
        lines += wrapped(text ?? "", width: 96 - indent.utf8.count).map { "\(indent)# \($0)" }
      }
      lines.append("\(indent)\(member.key):" + (member.value.yaml.map { " \($0)" } ?? ""))
      append(member.value, to: &lines, path: path, depth: depth + 1, notes)
    }
  }
}

private func yamlLeaves(_ value: RenderedValue, path: String) -> [(path: String, text: String)] {
  if case .section(let members) = value {
    return members.flatMap { yamlLeaves($0.value, path: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }
  return [(path, value.yaml ?? "")]
}

private func wrapped(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    if let last = lines.last, last.count + 1 + word.count <= width {
      lines[lines.count - 1] = last + " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
