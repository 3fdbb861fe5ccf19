import KTOCore
import KTOSchema
import KTOTestSupport
import Testing

@testable import KTOData

/// The forms of reports, and what text from data can do to them.
struct FindingReportTests {
  private static let hostile = "a%]]>\u{1}\u{1B}[2J\r\n::error::\"<&'\u{FFFF}"

  private func finding(
    _ code: Code = .labelNotBool, file: String = "data/a b,c:é.jsonl", line: Int = 3, column: Int = 7,
    message: String = "bad", hint: String? = nil
  ) -> CollectedFinding {
    CollectedFinding(
      Diagnostic(
        code, at: SourceLocation(file: file, byteOffset: 20, line: line, column: column), pointer: "/label",
        message: message, hint: hint), contentHash: "0f")
  }

  private func written(
    _ form: any FindingReport.Type, _ collected: [CollectedFinding], files: [String] = [], omitted: Int = 0,
    policy: FailurePolicy = FailurePolicy()
  ) throws -> String {
    var bytes: [UInt8] = []
    let report = ValidationReport(
      files: files.map { FileSummary(file: $0) }, account: RowAccount(), collected: collected,
      omittedCount: omitted)
    let context = ReportContext(version: "1", folder: "/project", policy: policy)
    try form.write(report, context) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func sarif(_ collected: [CollectedFinding], files: [String] = []) throws -> JSONNode {
    var parser = JSONParser()
    return try parser.parse(Array(try written(SARIFReport.self, collected, files: files).utf8))
  }

  /// What the public schema of SARIF 2.1.0 requires, and the values that it allows, of the parts that are written.
  private static let sarifSchema = """
    {"type":"object","required":["version","runs"],"properties":{
      "version":{"const":"2.1.0"},
      "runs":{"type":"array","items":{"type":"object","required":["tool"],"properties":{
        "tool":{"type":"object","required":["driver"],"properties":{"driver":{"type":"object","required":["name"],
          "properties":{"rules":{"type":"array","uniqueItems":true,"items":{"type":"object","required":["id"],
            "properties":{
              "shortDescription":{"$ref":"#/$defs/message"},"fullDescription":{"$ref":"#/$defs/message"},
              "help":{"$ref":"#/$defs/message"},"defaultConfiguration":{"type":"object","properties":{
                "level":{"$ref":"#/$defs/level"}},"additionalProperties":false}}}}}}}},
        "invocations":{"type":"array","items":{"type":"object","required":["executionSuccessful"]}},
        "results":{"type":"array","items":{"type":"object","required":["message"],"properties":{
          "level":{"$ref":"#/$defs/level"},"message":{"$ref":"#/$defs/message"},
          "ruleIndex":{"type":"integer","minimum":-1},
          "partialFingerprints":{"type":"object","additionalProperties":{"type":"string"}},
          "locations":{"type":"array","items":{"type":"object","properties":{"physicalLocation":{"type":"object",
            "required":["artifactLocation"],"properties":{
              "artifactLocation":{"type":"object","properties":{"uri":{"type":"string"}}},
              "region":{"type":"object","properties":{"startLine":{"type":"integer","minimum":1},
                "startColumn":{"type":"integer","minimum":1},"byteOffset":{"type":"integer","minimum":-1}},
                "additionalProperties":false}}}}}}}}}}}}},
     "$defs":{"level":{"enum":["none","note","warning","error"]},
      "message":{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}}}
    """

  @Test func `reports have names to type and a summary`() {
    #expect(findingReports.map { $0.name } == ["text", "json", "sarif", "junit", "github"])
    #expect(findingReports.allSatisfy { !$0.summary.isEmpty && !$0.summary.hasSuffix(".") })
  }

  @Test func `sarif has the members that its schema requires`() throws {
    var parser = JSONParser()
    let schema = try JSONSchema(try parser.parse(Array(Self.sarifSchema.utf8)), name: "sarif")
    let whole = CollectedFinding(Diagnostic(.labelNotBool, message: "all"))
    let document = try sarif([finding(message: Self.hostile), finding(line: 0), whole], files: ["x.jsonl"])
    #expect(schema.violations(of: document).map(\.message) == [])
  }

  @Test func `columns of sarif are those of editors, read off the file`() throws {
    let folder = try TemporaryFolder()
    let text = "{}\n{\"prompt\":\"ü😀\",\"label\":\"x\"}\n"
    try writeFile(folder.path("a.jsonl"), text.utf8, force: true)
    let line = Array(text.utf8.dropFirst(3))
    let byteCount = try #require(line.lastIndex(of: UInt8(ascii: "x"))) - 1
    let place = SourceLocation(
      file: folder.path("a.jsonl"), byteOffset: 3 + byteCount, line: 2, column: byteCount + 1)
    var columns = UTF16Columns()
    // ü has two bytes and one unit, the emoji four and two.
    #expect(columns.column(of: place) == byteCount + 1 - 3)
    var elsewhere = place
    elsewhere.byteOffset += 1
    #expect(columns.column(of: elsewhere) == nil)
    elsewhere.file = folder.path("gone.jsonl")
    #expect(columns.column(of: elsewhere) == nil)
  }

  @Test func `sarif names a place by relative URI, line and column, and the rule by its number`() throws {
    let run = try #require(try sarif([finding(hint: "do it")])["runs"]?.array?.first)
    let result = try #require(run["results"]?.array?.first)
    let place = try #require(result["locations"]?.array?.first?["physicalLocation"])
    #expect(place["artifactLocation"]?["uri"]?.string == "data/a%20b%2Cc%3A%C3%A9.jsonl")
    #expect(place["artifactLocation"]?["uriBaseId"]?.string == "%SRCROOT%")
    #expect(place["region"]?["startLine"]?.int == 3)
    #expect(run["columnKind"]?.string == "utf16CodeUnits")
    #expect(result["message"]?["text"]?.string == "bad (at /label)\nhint: do it")
    let number = try #require(result["ruleIndex"]?.int)
    let rule = try #require(run["tool"]?["driver"]?["rules"]?.array?[number])
    #expect(rule["id"]?.string == "E01")
    #expect(rule["help"]?["text"]?.string?.contains(Code.labelNotBool.remedy) == true)
  }

  @Test(arguments: [
    ("/project/x.jsonl", "x.jsonl"), ("./a/../x.jsonl", "x.jsonl"), ("../x.jsonl", "file:///x.jsonl"),
    ("/workshop/x", "file:///workshop/x"),
  ])
  func `sarif names files outside the working folder absolutely`(file: String, uri: String) throws {
    let result = try sarif([finding(file: file)])["runs"]?.array?.first?["results"]?.array?.first
    let place = result?["locations"]?.array?.first?["physicalLocation"]
    #expect(place?["artifactLocation"]?["uri"]?.string == uri)
  }

  @Test func `sarif puts what is about all files at each of them`() throws {
    let whole = CollectedFinding(Diagnostic(.labelNotBool, message: "all"))
    let result = try sarif([whole], files: ["a", "b"])["runs"]?.array?.first?["results"]?.array?.first
    #expect(result?["locations"]?.array?.count == 2)
  }

  @Test func `junit has a suite a file and a case a code, which fails where the run does`() throws {
    let collected = [finding(file: "a"), finding(file: "a", line: 4)]
    let xml = try written(JUnitReport.self, collected, files: ["a", "b"])
    #expect(xml.contains(#"<testsuites name="kto-data validate" tests="2" failures="1" errors="0">"#))
    #expect(xml.contains(#"<testsuite name="a" tests="1" failures="1" errors="0">"#))
    #expect(xml.contains(#"<failure type="E01" message="2 findings, the first: bad">"#))
    #expect(xml.contains(#"<testcase classname="b" name="no findings"/>"#))
    let allowed = try written(JUnitReport.self, collected, policy: FailurePolicy(allowing: ["E01"]))
    #expect(!allowed.contains("<failure") && allowed.contains("<system-out>a:3:7: error: E01: bad"))
  }

  @Test func `text from data cannot leave its element in junit`() throws {
    let xml = try written(JUnitReport.self, [finding(file: Self.hostile, message: Self.hostile)])
    let escaped = "a%]]&gt;\\u{1}\\u{1b}[2J\\r&#10;::error::&quot;&lt;&amp;&apos;\\u{ffff}"
    #expect(xml.contains("message=\"\(escaped)\""))
    #expect(xml.contains("classname=\"\(escaped)\""))
    #expect(!xml.contains("]]>"))
  }

  @Test func `github gets a workflow command a finding`() throws {
    #expect(
      try written(GitHubReport.self, [finding(file: "/project/a.jsonl", hint: "do it")])
        == "::error file=a.jsonl,line=3,col=7,title=E01::bad (at /label)%0Ahint: do it\n")
    let whole = CollectedFinding(Diagnostic(.labelNotBool, message: "all"))
    #expect(try written(GitHubReport.self, [whole]) == "::error title=E01::all\n")
  }

  @Test func `text from data cannot begin a workflow command or end a property`() throws {
    let text = try written(GitHubReport.self, [finding(file: "a,b:c\n::x", message: Self.hostile)])
    #expect(text.hasPrefix("::error file=a%2Cb%3Ac%0A%3A%3Ax,line=3,"))
    #expect(text.contains("::a%25]]>"))
    #expect(text.filter { $0 == "\n" || $0 == "\r" || $0 == "\r\n" } == "\n")
  }

  @Test(arguments: ["sarif", "junit", "github"])
  func `a report says how many findings it leaves out`(name: String) throws {
    let form = try #require(findingReports.first { $0.name == name })
    let text = try written(form, [finding()], omitted: 5)
    #expect(text.contains("5 more findings left out: a report holds 1 at most"))
  }

  @Test func `a collection keeps findings up to its limit and counts all`() {
    var options = FindingCollection.Options()
    (options.keepsFindings, options.limit) = (true, 2)
    var collection = FindingCollection(options)
    for _ in 0..<5 { _ = collection.add(finding().finding) }
    #expect(collection.findings.count == 2)
    #expect(collection.omittedCount == 3)
    #expect(collection.failureCount == 5)
  }

  @Test func `what fails a run is a threshold and no allowed code`() {
    let error = finding().finding
    var warning = error
    warning.severity = .warning
    #expect(FailurePolicy().fails(error) && !FailurePolicy().fails(warning))
    #expect(FailurePolicy(.warning).fails(error) && FailurePolicy(.warning).fails(warning))
    #expect(!FailurePolicy(.never).fails(error) && !FailurePolicy(.warning, allowing: ["E01"]).fails(error))
  }
}
