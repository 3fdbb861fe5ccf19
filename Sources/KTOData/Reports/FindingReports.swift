/// Every form of report, the default first.
package let findingReports: [any FindingReport.Type] = [
  TextReport.self, JSONReport.self, SARIFReport.self, JUnitReport.self, GitHubReport.self,
]
