import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct DataReportTests {
  private let hostile =
    "<script>alert(1)</script> \" onload=\"alert(2) ' </pre></style><!-- --> <img src=x onerror=alert(3)> \u{202E}x\u{0}"

  /// The page about some rows, read as `report` reads them.
  private func page(_ text: String, title: String = "t") throws -> String {
    let folder = try TemporaryFolder()
    var options = PipelineOptions()
    options.checks = CheckContext()
    options.keepsMetadata = true
    let cursor = RowCursor([try folder.write(text, to: "rows.jsonl")], options)
    var report = DataReport(title: title)
    while let event = try cursor.next() {
      switch event {
      case .row(let row): report.add(row)
      case .finding(let finding): report.add(finding)
      case .ended: break
      }
    }
    for finding in cursor.finish() { report.add(finding) }
    report.account = cursor.account
    report.files = cursor.summaries
    return String(decoding: report.html(), as: UTF8.self)
  }

  private func line(_ prompt: String, _ completion: String, _ label: Bool, id: String = "i") -> String {
    JSONValue.members([
      "id": .string(id), "prompt": .string(prompt), "completion": .string(completion), "label": .bool(label),
      "annotator": .string(hostile),
    ]).jsonText + "\n"
  }

  /// The names of the elements that a page opens, but for those of its style and script.
  private func elements(_ page: String) -> Set<String> {
    let style = String(describing: pageStyle)
    let script = String(describing: pageScript)
    let rest = page.replacing(style, with: "").replacing(script, with: "")
    return Set(
      rest.split(separator: "<").dropFirst().map { String($0.prefix { $0.isLetter || $0.isNumber }) })
  }

  /// What pages are made of; of end tags and the like nothing is taken.
  private static let ours: Set = [
    "", "a", "article", "body", "button", "code", "defs", "details", "div", "footer", "h1", "h2", "h3",
    "head", "header",
    "html", "li", "main", "meta", "nav", "ol", "output", "p", "path", "pattern", "pre", "rect", "script",
    "section", "span",
    "strong", "style", "summary", "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
  ]

  @Test func `no text of the data becomes markup`() throws {
    let odd = try page(
      line(hostile, hostile, true, id: hostile) + line("c", hostile, false), title: hostile)
    #expect(elements(odd).isSubset(of: Self.ours))
    #expect(odd.components(of: "<script").count == 2)
    #expect(odd.components(of: "</style").count == 2)
    #expect(!odd.contains("<img") && !odd.contains("\" onload") && !odd.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `the policy allows the page's style and script alone`() throws {
    let page = try page(line("a", "b", true))
    #expect(
      page.contains(
        "default-src 'none'; style-src 'sha256-\(sourceHash(pageStyle))'; script-src 'sha256-\(sourceHash(pageScript))'; base-uri 'none'"
      ))
    // What the policy would block.
    #expect(
      !page.contains(" style=") && !page.contains(" onclick=") && !page.contains("http://")
        && !page.contains("https://"))
  }

  @Test func `base64 is that of RFC 4648`() {
    for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
    {
      #expect(base64(Array(text.utf8)) == encoded)
    }
  }

  @Test func `errors make the verdict, then warnings`() throws {
    #expect(
      try page(line("a", "b", true) + line("a", "b", false)).contains(
        "<strong>Not ready: 2 errors to fix or to allow</strong>"))
    #expect(try page("").contains("<strong>Not ready"))
    var report = DataReport(title: "t")
    #expect(report.verdict.title == "Nothing to train on")
    report.account.add(Diagnostic(EncodingCheck.codes[0], message: "m"), label: true)
    #expect(report.verdict.severity == .error)
  }

  @Test func `a finding is explained, with its place`() throws {
    let page = try page(line("a", "b", true) + line("a", "b", false))
    #expect(page.contains("E07: the same answer stands under both labels"))
    #expect(page.contains("<strong>What to do:</strong> Keep the label that is right"))
    #expect(page.contains("rows.jsonl:2:1</code>"))
  }

  @Test func `samples are the same whatever the order of the rows`() {
    var (forward, backward) = (SampleRows(limit: 3), SampleRows(limit: 3))
    let rows = (0..<40).map { example(label: $0 % 2 == 0, prompt: "p\($0)", number: $0) }
    for row in rows { forward.add(CountedRow(row, fingerprint(row))) }
    for row in rows.reversed() { backward.add(CountedRow(row, fingerprint(row))) }
    #expect(forward.examples.map(\.id) == backward.examples.map(\.id))
    #expect(forward.examples.count == 6)
  }
}

extension String {
  /// What stands between occurrences of a text.
  fileprivate func components(of text: String) -> [Substring] {
    split(separator: text, omittingEmptySubsequences: false)
  }
}
