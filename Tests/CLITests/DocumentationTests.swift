import Foundation
import KTOTestSupport
import Testing

/// What the program says of itself in other forms: pages, completions, manual pages, examples.
struct DocumentationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `the tables of the configuration's page are those the program prints`() throws {
    let page = CommandLineTool.package.appending(path: "docs/configuration.md")
    let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
    let tables = try CommandLineTool.run(["config", "schema", "--markdown"]).output
    #expect(tables.contains("| `learning_rate` | `5e-6` | number above 0, at most 1 | no | ³ | AdamW's rate"))
    #expect(text.contains("-->\n\n\(tables)\n<!-- The end"), "scripts/write_generated_files.sh writes it")
  }

  @Test func `bash completes files, folders, models and what a command may be`() throws {
    let script = try CommandLineTool.run(["--generate-completion-script", "bash"])
    try folder.write(script.output, to: "completion.bash")
    try folder.write("", to: "rows here.jsonl")
    try folder.write("", to: "runs/kto.yaml")
    func complete(_ line: String) throws -> [String] {
      let program = """
        ln -sf "$0" kto-data; PATH=$PWD:$PATH; . ./completion.bash
        COMP_LINE="kto-data \(line)"; COMP_POINT=${#COMP_LINE}
        read -ra COMP_WORDS <<< "$COMP_LINE"
        [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _kto-data kto-data "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let result = try CommandLineTool.run(shell: program, in: folder.url)
      return result.output.split(separator: "\n").map(String.init).sorted()
    }
    #expect(try complete("val") == ["validate"])
    #expect(try complete("validate ro") == ["rows here.jsonl"])
    #expect(try complete("prepare --config ru") == ["runs"])
    #expect(try complete("prepare --config runs/").contains("runs/kto.yaml"))
    #expect(try complete("prepare --output ").contains("rows here.jsonl") == false)
    #expect(try complete("validate --format share") == ["sharegpt"])
    #expect(try complete("model sh") == ["show"])
    let models = CommandLineTool.package.appending(path: "data/models").path
    #expect(try complete("generate --cache \(models) --model kto") == ["kto-data/tiny-mistral"])
  }

  @Test func `every command has a manual page`() throws {
    #expect(try CommandLineTool.run(["manual", "--output", folder.path("man")]).exitCode == 0)
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path("man")).sorted()
    for name in ["kto-data.1", "kto-data-train.1", "kto-data-model-show.1", "kto-data-config-show.1"] {
      #expect(pages.contains(name))
    }
    #expect(!pages.contains("kto-data-manual.1") && !pages.contains("kto-data-help.1"))
    let page = try folder.text(of: "man/kto-data-split.1")
    #expect(page.hasPrefix(".TH \"KTO\\-DATA\\-SPLIT\" 1"))
    #expect(page.contains("\\fB\\-\\-group\\-by\\fR"))
    #expect(page.contains("kto\\-data split examples.jsonl \\-o splits"))
  }
}
