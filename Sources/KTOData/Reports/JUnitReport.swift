internal import KTOCore

/// JUnit's XML, as CI systems read it: a suite a file, and in it a case for each code that was found.
///
/// A case fails where its findings fail the run; others have their findings as output. A file without findings is one
/// case that passes. A case a code rather than a finding, because a list of tests is made for some hundred of them.
package enum JUnitReport: FindingReport {
  package static let name = "junit"
  package static let summary = "JUnit's XML: a test suite a file, a test case a code"
  package static let listsEveryFinding = true

  package static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void
  ) throws {
    let suites = suites(of: report)
    let failures = suites.map { suite in suite.cases.count { hasFailure($0.findings, context) } }
    let cases = suites.reduce(0) { $0 + max(1, $1.cases.count) }
    try write(
      Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="kto-data validate" tests="\(cases)" failures="\(failures.reduce(0, +))" errors="0">

        """.utf8))
    for (suite, failureCount) in zip(suites, failures) {
      let name = xmlText(suite.file ?? "all files")
      try write(
        Array(
          """
            <testsuite name="\(name)" tests="\(max(1, suite.cases.count))" failures="\(failureCount)" errors="0">

          """.utf8))
      if suite.cases.isEmpty {
        try write(Array("    <testcase classname=\"\(name)\" name=\"no findings\"/>\n".utf8))
      }
      for one in suite.cases { try write(Array(element(one, suiteName: name, context).utf8)) }
      try write(Array("  </testsuite>\n".utf8))
    }
    // An element that readers know, and that takes any text.
    if let left = report.omissionText {
      try write(
        Array(
          """
            <testsuite name="kto-data" tests="0" failures="0" errors="0">
              <system-out>\(xmlText(left))</system-out>
            </testsuite>

          """.utf8))
    }
    try write(Array("</testsuites>\n".utf8))
  }

  private struct Case {
    var code: String
    var findings: [Diagnostic]
  }

  private struct Suite {
    /// Nil for what is about all files together.
    var file: String?
    /// In the order in which codes were first found.
    var cases: [Case] = []
  }

  /// Files that were read in their order, then what else has findings.
  private static func suites(of report: ValidationReport) -> [Suite] {
    var suites: [Suite] = []
    var places: [String?: Int] = [:]
    func place(_ file: String?) -> Int {
      if let place = places[file] { return place }
      places[file] = suites.count
      suites.append(Suite(file: file))
      return suites.count - 1
    }
    for file in report.files { _ = place(file.file) }
    for found in report.collected {
      let place = place(found.finding.location?.file)
      if let number = suites[place].cases.firstIndex(where: { $0.code == found.finding.code }) {
        suites[place].cases[number].findings.append(found.finding)
      } else {
        suites[place].cases.append(Case(code: found.finding.code, findings: [found.finding]))
      }
    }
    return suites
  }

  private static func hasFailure(_ findings: [Diagnostic], _ context: ReportContext) -> Bool {
    findings.contains { context.policy.fails($0) }
  }

  private static func element(_ one: Case, suiteName: String, _ context: ReportContext) -> String {
    let title = context.code(one.code).map { ": " + $0.title } ?? ""
    let lines = one.findings.map { xmlText($0.description) }.joined(separator: "\n")
    let count = one.findings.count > 1 ? "\(one.findings.count) findings, the first: " : ""
    let content =
      hasFailure(one.findings, context)
      ? "<failure type=\"\(xmlText(one.code))\" message=\"\(xmlText(count + one.findings[0].message))\">\(lines)</failure>"
      : "<system-out>\(lines)</system-out>"
    return """
          <testcase classname="\(suiteName)" name="\(xmlText(one.code + title))">
            \(content)
          </testcase>

      """
  }
}

/// Text for an attribute or an element: markup escaped, and whatever XML 1.0 cannot hold as the escapes of messages.
/// Line ends stay, as references: an attribute would make spaces of them.
private func xmlText(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&apos;"
    case "\n": escaped += "&#10;"
    default:
      // U+FFFE and U+FFFF are no characters of XML; excerpt escapes the control characters.
      escaped +=
        scalar.value == 0xFFFE || scalar.value == 0xFFFF
        ? "\\u{" + String(scalar.value, radix: 16) + "}" : excerpt(String(scalar), limit: 1)
    }
  }
  return escaped
}
