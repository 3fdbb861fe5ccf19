package import KTOCore

/// What validating some files found, in numbers.
package struct ValidationReport: Sendable, Equatable {
  /// How often a code was found, by the label of the example it was found on.
  package struct Count: Sendable, Equatable {
    package var severity: Diagnostic.Severity
    package var desirable = 0
    package var undesirable = 0
    /// On records without a label, on whole files, or on the set.
    package var other = 0

    package var total: Int { desirable + undesirable + other }
  }

  /// One a file, in the order they were read.
  package var files: [IngestSummary] = []
  package var counts: [String: Count] = [:]
  /// The examples that passed.
  package var balance = ClassBalance()
  /// Examples that stand on none of both sides, by reason.
  package var dropped: [LabelDrop: Int] = [:]
  /// Records, or sides of pairs, with an error.
  package var rejected = 0
  /// Whether JSON Schemas and the XML Schema were applied beside the built-in checks.
  package var appliedSchemas = true

  package init() {}

  package var rows: Int { files.reduce(0) { $0 + $1.records } }
  package var accepted: Int { balance.desirable + balance.undesirable }
  package var droppedCount: Int { dropped.values.reduce(0, +) }
  package var errorCount: Int { errorCount(allowing: []) }

  /// Errors whose codes are not in the set.
  package func errorCount(allowing allowed: Set<String>) -> Int {
    counts.reduce(0) { sum, entry in
      entry.value.severity == .error && !allowed.contains(entry.key) ? sum + entry.value.total : sum
    }
  }

  package mutating func add(_ diagnostic: Diagnostic, label: Bool? = nil) {
    var count = counts[diagnostic.code] ?? Count(severity: diagnostic.severity)
    count.severity = max(count.severity, diagnostic.severity)
    switch label {
    case true?: count.desirable += 1
    case false?: count.undesirable += 1
    case nil: count.other += 1
    }
    counts[diagnostic.code] = count
  }

  /// Codes in order, errors before warnings.
  private var sortedCounts: [(code: String, count: Count)] {
    counts.map { (code: $0.key, count: $0.value) }
      .sorted { ($1.count.severity, $0.code) < ($0.count.severity, $1.code) }
  }

  /// The report as lines for a person; the same input gives the same text.
  package func text() -> String {
    var lines: [String] = []
    for file in files {
      let format = file.format?.rawValue ?? "unknown format"
      var parts = ["\(counted(file.records, "record"))", counted(file.examples, "example")]
      if file.rejected > 0 { parts.append("\(file.rejected) rejected") }
      if !file.isComplete { parts.append("broken") }
      lines.append("\(file.file) (\(format)): " + parts.joined(separator: ", "))
    }
    lines.append(
      "\(counted(rows, "record")): \(accepted) accepted, \(rejected) rejected, \(droppedCount) dropped")
    for reason in LabelDrop.allCases {
      if let count = dropped[reason], count > 0 { lines.append("  dropped, \(reason.rawValue): \(count)") }
    }
    lines.append("classes: \(balance.desirable) desirable, \(balance.undesirable) undesirable")
    if let advice = balance.weightAdvice { lines.append("weights: \(advice)") }
    for (code, count) in sortedCounts {
      var line = "\(count.severity.rawValue) \(code): \(count.total)"
      if count.desirable + count.undesirable > 0 {
        line += " (\(count.desirable) desirable, \(count.undesirable) undesirable, \(count.other) other)"
      }
      lines.append(line)
    }
    if counts.isEmpty { lines.append("no findings") }
    if !appliedSchemas { lines.append("note: schemas were not found; only the built-in checks ran") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The report as one JSON object.
  package func json() -> JSONValue {
    func range(_ range: ClosedRange<Double>?) -> JSONValue {
      range.map { .items([.double($0.lowerBound), .double($0.upperBound)]) } ?? .null
    }
    let fileValues: [JSONValue] = files.map { file in
      .members([
        "file": .string(file.file), "format": file.format.map { .string($0.rawValue) } ?? .null,
        "records": .integer(file.records), "examples": .integer(file.examples),
        "rejected": .integer(file.rejected), "skipped": .integer(file.skipped),
        "complete": .bool(file.isComplete),
      ])
    }
    let codes: [JSONObject.Member] = sortedCounts.map { code, count in
      JSONObject.Member(
        code,
        JSONNode(
          .members([
            "severity": .string(count.severity.rawValue), "total": .integer(count.total),
            "desirable": .integer(count.desirable), "undesirable": .integer(count.undesirable),
            "other": .integer(count.other),
          ])))
    }
    let drops: [JSONObject.Member] = LabelDrop.allCases.compactMap { reason in
      dropped[reason].map { JSONObject.Member(reason.rawValue, JSONNode(.integer($0))) }
    }
    return .members([
      "files": .items(fileValues), "records": .integer(rows), "accepted": .integer(accepted),
      "rejected": .integer(rejected), "dropped": .object(JSONObject(drops)),
      "desirable": .integer(balance.desirable), "undesirable": .integer(balance.undesirable),
      "lambda_d": range(balance.desirableWeights), "lambda_u": range(balance.undesirableWeights),
      "codes": .object(JSONObject(codes)), "errors": .integer(errorCount),
      "schemas_applied": .bool(appliedSchemas),
    ])
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
