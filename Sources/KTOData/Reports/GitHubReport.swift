internal import KTOCore

/// Workflow commands of GitHub Actions, a line a finding, which a job's log turns into annotations of the files.
///
/// Source: docs.github.com, "Workflow commands for GitHub Actions". GitHub shows the first ten errors and the first ten
/// warnings of a step as annotations, and all of them in the log.
package enum GitHubReport: FindingReport {
  package static let name = "github"
  package static let summary = "workflow commands of GitHub Actions, which annotate the files"
  package static let listsEveryFinding = true

  package static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void
  ) throws {
    for found in report.collected { try write(Array(line(found.finding, context).utf8)) }
    if let left = report.omissionText { try write(Array("::notice::\(data(left))\n".utf8)) }
  }

  private static func line(_ finding: Diagnostic, _ context: ReportContext) -> String {
    let command =
      switch finding.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    var properties: [String] = []
    if let place = finding.location {
      properties.append("file=" + property(pathBelow(context.folder, of: place.file) ?? place.file))
      if place.line > 0 { properties += ["line=\(place.line)", "col=\(place.column)"] }
    }
    properties.append("title=" + property(finding.code))
    return "::\(command) \(properties.joined(separator: ","))::\(data(finding.longMessage))\n"
  }

  /// The text behind the second `::`, where a line must not end.
  private static func data(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The value of a property, which a comma or a colon would end.
  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
