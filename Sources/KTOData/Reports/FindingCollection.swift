package import KTOCore

/// A finding with what knows it again in another version of the file.
package struct CollectedFinding: Sendable, Equatable {
  package var finding: Diagnostic
  /// The hash of its row's content; empty for what is about a whole file or about all of them.
  package var contentHash: String

  package init(_ finding: Diagnostic, contentHash: String = "") {
    self.finding = finding
    self.contentHash = contentHash
  }

  func identity(below folder: String) -> FindingIdentity {
    FindingIdentity(
      code: finding.code, file: finding.location.map { pathBelow(folder, of: $0.file) ?? $0.file } ?? "",
      pointer: finding.pointer, content: contentHash)
  }
}

/// What makes a finding the same one: its code, file and pointer, and what its row says. Its line does not, so that rows
/// may be put in above it.
struct FindingIdentity: Hashable, Sendable {
  var code: String
  /// Relative to the working folder, where it is below it; empty for what is about all files.
  var file: String
  var pointer: String
  var content: String

  /// The identity in 16 hexadecimal digits.
  var text: String { shortHash([code, file, pointer, content].joined(separator: "\u{0}")) }
}

private func shortHash(_ text: some StringProtocol) -> String {
  String(SHA256.hash(Array(text.utf8)).prefix(16))
}

extension Row {
  /// A hash of what the row says, which neither its place nor its number in the file changes.
  var contentHash: String {
    guard let example else {
      return recordText.isEmpty ? "" : String(SHA256.hash(recordText).prefix(16))
    }
    var parts = (example.prompt + [Message(role: "", content: "")] + example.completion)
      .flatMap { [$0.role, $0.content, $0.extra ?? ""] }
    parts.append(example.label.map { String($0) } ?? "")
    parts.append(example.tools?.jsonText ?? "")
    return shortHash(parts.joined(separator: "\u{0}"))
  }
}

/// The findings of a run: which are new, which fail it, and as many as are kept for a report.
package struct FindingCollection: Sendable {
  /// As many are kept for a report or a baseline; about 50 MB.
  package static let standardLimit = 100_000

  /// Those that are new, in the order of the input, if a report needs them.
  package private(set) var findings: [CollectedFinding] = []
  /// New ones that are not among `findings` because there are too many.
  package private(set) var omittedCount = 0
  /// New ones that fail the run.
  package private(set) var failureCount = 0
  /// Those that the baseline knows.
  package private(set) var knownCount = 0
  /// All findings, new and known, if they become a baseline.
  package private(set) var written: FindingBaseline?
  /// Findings that are not in `written` because there are too many.
  package private(set) var unwrittenCount = 0
  /// What is known and was not found yet; nil without a baseline.
  package private(set) var baseline: FindingBaseline?
  private let options: Options

  package struct Options: Sendable {
    /// Which findings fail the run.
    package var policy = FailurePolicy()
    /// Whether a report needs every finding.
    package var keepsFindings = false
    /// Whether the findings become a baseline: then none of those that are written fails the run.
    package var writesBaseline = false
    /// The working folder, absolute: a baseline names files relative to it.
    package var folder = "/"
    /// How many are kept at most.
    package var limit = FindingCollection.standardLimit

    package init() {}
  }

  package init(_ options: Options, baseline: FindingBaseline? = nil) {
    self.options = options
    self.baseline = baseline
    if options.writesBaseline { written = FindingBaseline() }
  }

  /// Takes a finding, and says whether it is new.
  /// - Parameter row: whose finding it is; nil for what is about a file or about all.
  package mutating func add(_ finding: Diagnostic, of row: Row? = nil) -> Bool {
    // Hashing a row takes longer than checking it, so what is not kept is not hashed.
    let isWrittenNext = written.map { $0.count < options.limit } ?? false
    let isKeptNext = options.keepsFindings && findings.count < options.limit
    let needsContent = baseline != nil || isWrittenNext || isKeptNext
    let found = CollectedFinding(finding, contentHash: needsContent ? row?.contentHash ?? "" : "")
    let isWritten = write(found)
    if baseline?.take(found.identity(below: options.folder)) == true {
      knownCount += 1
      return false
    }
    if options.policy.fails(finding), !isWritten { failureCount += 1 }
    guard options.keepsFindings else { return true }
    if findings.count < options.limit { findings.append(found) } else { omittedCount += 1 }
    return true
  }

  private mutating func write(_ found: CollectedFinding) -> Bool {
    guard let count = written?.count else { return false }
    guard count < options.limit else {
      unwrittenCount += 1
      return false
    }
    written?.add(found.identity(below: options.folder))
    return true
  }
}

extension Diagnostic {
  /// Message, pointer and hint, for forms that have one text.
  var longMessage: String {
    message + (pointer.isEmpty ? "" : " (at \(pointer))") + (hint.map { "\nhint: \($0)" } ?? "")
  }
}
