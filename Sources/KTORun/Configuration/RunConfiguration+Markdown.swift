internal import KTOCore
internal import KTOTrain

extension RunConfiguration {
  /// The tables of `docs/configuration.md`: a section each, with every key.
  package static var markdown: String {
    let described = describedKeys
    return keys.map { section in
      let rows = described.filter { $0.path.hasPrefix(section.key + ".") }.map { key in
        let name = key.path.dropFirst(section.key.count + 1)
        let text = key.summary.split(separator: "|", omittingEmptySubsequences: false).joined(
          separator: "\\|")
        return "| `\(name)` | \(key.defaultText.map { "`\($0)`" } ?? "—") | \(key.values) "
          + "| \(changesRows(key) ? "yes" : "no") | \(resume(key)) | \(text) |\n"
      }
      return """
        ## `\(section.key)`

        \(section.summary)

        | key | default | values | rows | resume | meaning |
        | --- | --- | --- | --- | --- | --- |

        """ + rows.joined()
    }.joined(separator: "\n")
  }

  private static func changesRows(_ key: DescribedKey) -> Bool {
    isOfRows(key.path) && !key.marks.contains(.changesNoRow)
  }

  /// Whether a resumed run may have another value; ¹, ² and ³ stand for the notes above the tables.
  private static func resume(_ key: DescribedKey) -> String {
    if RunIdentity.namesOfModel.contains(key.path) { return "¹" }
    if RunConfiguration.keysChangedOnRequest.contains(key.path) { return "³" }
    guard key.marks.contains(.mayChangeOnResume) else { return "no" }
    return changesRows(key) ? "²" : "yes"
  }

  /// Whether a key lies in a section that prepared rows depend on.
  static func isOfRows(_ path: String) -> Bool { path.hasPrefix("model.") || path.hasPrefix("data.") }
}
