package import KTOCore

/// Files that are divided already, a list for each part: the `data.parts:` section.
package struct PartConfiguration: ConfigurationSection {
  package var inputs: [String: [String]] = [:]

  package init() {}

  package static var fields: [ConfigurationField<Self>] { [] }

  package static var namedFields: NamedFields<Self>? {
    NamedFields(
      pattern: "^[a-z0-9_-]{1,64}$", accepts: { SplitRatios.isName($0) }, names: { $0.inputs.keys.sorted() },
      field: {
        .strings(
          $0, \.[inputsOf: $0], minimum: 1,
          "Files and folders of the part of this name. Relative paths start at the current folder.")
      })
  }

  package var conflicts: [(key: String, message: String)] {
    guard let first = inputs.keys.sorted().first, inputs["train"] == nil else { return [] }
    return [(first, "there is no part train, so nothing would train")]
  }

  private subscript(inputsOf name: String) -> [String] {
    get { inputs[name, default: []] }
    set { inputs[name] = newValue }
  }

  /// The files of the parts; nil where none is named.
  /// - Throws: `PartError`, and `FileError` where an input does not exist.
  package func files() throws -> PartFiles? {
    guard !inputs.isEmpty else { return nil }
    let found = try inputs.sorted { $0.key < $1.key }.map { ($0.key, try inputFiles($0.value)) }
    var parts = try PartFiles(
      found.map { PartFiles.Part(name: $0.0, files: $0.1.paths) }, origin: "data.parts")
    parts.findings = found.flatMap(\.1.findings)
    return parts
  }
}
