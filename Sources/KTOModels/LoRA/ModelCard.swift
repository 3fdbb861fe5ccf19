internal import KTOCore

/// `README.md` beside an adapter or a model, as the Hugging Face hub shows it: what it is, what it was made from, and how
/// well that went.
package struct ModelCard: Sendable, Equatable {
  package static let fileName = "README.md"

  /// A table of names and values under a heading.
  package struct Section: Sendable, Equatable {
    package var title: String
    package var rows: [(name: String, value: String)]

    package init(_ title: String, _ rows: [(name: String, value: String)]) {
      self.title = title
      self.rows = rows
    }

    package static func == (a: Section, b: Section) -> Bool {
      a.title == b.title && a.rows.elementsEqual(b.rows, by: ==)
    }
  }

  /// What loads it: `peft` or `transformers`.
  package var library: String
  /// A hub name or a folder.
  package var baseModel: String
  package var title: String
  package var introduction: String
  package var sections: [Section]

  package init(
    library: String, baseModel: String, title: String, introduction: String, sections: [Section]
  ) {
    self.library = library
    self.baseModel = baseModel
    self.title = title
    self.introduction = introduction
    self.sections = sections
  }

  package var text: String {
    // JSON's strings are YAML's too.
    let front = """
      ---
      library_name: \(library)
      base_model: \(JSONValue.string(baseModel).jsonText)
      pipeline_tag: text-generation
      tags: [kto, lora, preference-optimization]
      ---

      # \(line(title))

      \(introduction)

      """
    return front
      + sections.map { section in
        "\n## \(section.title)\n\n| | |\n| --- | --- |\n"
          + section.rows.map { "| \(cell($0.name)) | \(cell($0.value)) |\n" }.joined()
      }.joined()
  }

  private func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private func cell(_ text: String) -> String {
    line(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
