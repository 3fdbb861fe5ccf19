package import KTOCore

/// W18: what the model's chat template leaves out of a conversation.
package struct TemplateOmissionCheck: Check {
  package static let codes = [
    Code(
      "W18", .warning, "the chat template leaves out part of the conversation",
      why: """
        What the template does not write never reaches the model: an answer to a tool's result, or to a system message, is \
        then learnt as an answer to nothing.
        """,
      example: "a conversation with tool calls, and a template that writes contents alone",
      remedy: "Use a model whose template writes such parts, or leave such conversations out.")
  ]

  private var counts: [TemplateOmission: Int] = [:]

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    guard let omissions = row.tokens?.omissions, !omissions.isEmpty else { return }
    findings.find(
      Self.codes[0],
      "the chat template leaves out " + omissions.map(\.rawValue).joined(separator: ", "),
      hint: "the model learns an answer to what it never sees")
  }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    for omission in row.tokens?.omissions ?? [] { counts[omission, default: 0] += 1 }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    let parts = TemplateOmission.allCases.compactMap { kind in
      counts[kind].map { "\(kind.rawValue) in \(counted($0, "row"))" }
    }
    guard !parts.isEmpty else { return }
    findings.find(Self.codes[0], "the chat template leaves out " + parts.joined(separator: ", "))
  }
}
