import Foundation
import KTOTestSupport
import Testing

struct ReportCommandTests {
  private let raw = CommandLineTool.package.appendingPathComponent("data/raw").path

  @Test func `a page is written, the same each time`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.html", "b.html"] {
      let result = try CommandLineTool.run(
        ["report", raw, "--html", name, "--title", "Sample"], in: folder.url)
      #expect(result.error == "")
      #expect(result.exitCode == 0)
    }
    let page = try folder.text(of: "a.html")
    #expect(page == (try folder.text(of: "b.html")))
    #expect(page.contains("<title>Sample</title>"))
    #expect(page.contains("100 examples can be used: 50 desirable (50.0%), 50 undesirable (50.0%)."))
  }

  @Test func `errors in the data fail the run, and the page is written`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      {"prompt": "a", "completion": "b", "label": true}
      {"prompt": "a", "completion": "", "label": false}

      """, to: "rows.jsonl")
    let result = try CommandLineTool.run(["report", "rows.jsonl", "--html", "a.html"], in: folder.url)
    #expect(result.exitCode == 1)
    #expect(try folder.text(of: "a.html").contains("Not ready: 2 errors"))
  }

  @Test func `a page that exists is replaced only with --force`() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "a.html")
    let result = try CommandLineTool.run(["report", raw, "--html", "a.html"], in: folder.url)
    #expect(result.error.contains("a.html exists already"))
    #expect(try folder.text(of: "a.html") == "mine")
  }
}
