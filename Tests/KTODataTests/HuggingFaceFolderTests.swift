import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct HuggingFaceFolderTests {
  private func parts(
    _ files: [String: String], configuration: String? = nil
  ) throws -> [String: [String]] {
    let folder = try TemporaryFolder(files)
    let found = try PartFiles.huggingFace(folder.path, configuration: configuration)
    return Dictionary(
      uniqueKeysWithValues: found.parts.map { part in
        (part.name, part.files.map { String($0.dropFirst(folder.path.count + 1)) })
      })
  }

  private func card(_ yaml: String) -> String { "---\n\(yaml)\n---\n# A card\n" }

  @Test func `parts are those of the card's patterns, in the order of their names`() throws {
    let yaml = """
      configs:
      - config_name: default
        data_files:
        - split: train
          path: data/train-*
        - split: dev
          path: [data/dev-*, more/dev.jsonl]
      """
    let got = try parts([
      "README.md": card(yaml), "data/train-00001-of-00002.jsonl": "", "data/train-00000-of-00002.jsonl": "",
      "data/dev-00000-of-00001.jsonl": "", "more/dev.jsonl": "", "data/other.jsonl": "",
    ])
    #expect(
      got == [
        "train": ["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl"],
        "dev": ["data/dev-00000-of-00001.jsonl", "more/dev.jsonl"],
      ])
  }

  @Test func `one pattern is the train part`() throws {
    let got = try parts(["README.md": card("configs:\n- data_files: '*.jsonl'"), "a.jsonl": ""])
    #expect(got == ["train": ["a.jsonl"]])
  }

  @Test func `a configuration is chosen by its name, and without a default none is`() throws {
    let yaml = "configs:\n- config_name: a\n  data_files: a.jsonl\n- config_name: b\n  data_files: b.jsonl"
    let files = ["README.md": card(yaml), "a.jsonl": "", "b.jsonl": ""]
    #expect(try parts(files, configuration: "b") == ["train": ["b.jsonl"]])
    #expect(throws: HuggingFaceFolderError.self) { try parts(files) }
    #expect(throws: HuggingFaceFolderError.self) { try parts(files, configuration: "c") }
  }

  @Test func `without a card names of files and folders tell`() throws {
    let got = try parts([
      "data/train-00000-of-00001.jsonl": "", "validation/x.jsonl": "", "test.jsonl": "", "LICENSE": "",
      "README.md": "# no YAML",
    ])
    #expect(
      got == [
        "train": ["data/train-00000-of-00001.jsonl"], "validation": ["validation/x.jsonl"],
        "test": ["test.jsonl"],
      ])
  }

  @Test(arguments: ["../*.jsonl", "/etc/*", "data/../../x"])
  func `a pattern that leads out of the folder is refused`(pattern: String) throws {
    #expect(throws: HuggingFaceFolderError.self) {
      try parts(["README.md": card("configs:\n- data_files: '\(pattern)'"), "a.jsonl": ""])
    }
  }

  @Test func `a card whose YAML is broken names the line`() throws {
    let error = #expect(throws: HuggingFaceFolderError.self) {
      try parts(["README.md": card("configs: [\n- a"), "a.jsonl": ""])
    }
    guard case .badCard(_, let reason) = try #require(error) else {
      throw error ?? HuggingFaceFolderError.noFiles(path: "")
    }
    #expect(reason.contains("README.md:3"))
  }
}
