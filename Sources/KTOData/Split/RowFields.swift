package import KTOCore

/// What a split reads of an example beside its prompt: the fields that group it, spread it evenly or place it in time.
package struct RowFields: Sendable, Equatable {
  private var groups: FieldCensus?
  private var strata: [StratumRecorder]
  private var times: TimeRecorder?

  package init(_ options: SplitOptions) {
    groups = options.groupBy.field.map { FieldCensus($0) }
    strata = options.stratify.map { StratumRecorder($0) }
    times = options.byTime.map { TimeRecorder($0) }
  }

  /// Whether records must keep what no format reads.
  package static func needsMetadata(_ options: SplitOptions) -> Bool {
    options.groupBy.field != nil || options.byTime != nil || options.stratify.contains { $0.field != nil }
  }

  /// What the split needs to know of an example.
  /// - Throws: `SplitError.noTime` for a value that is no time.
  package mutating func keys(of example: Example) throws(SplitError) -> RowKeys {
    var keys = RowKeys(group: groups?.group(of: example))
    for index in strata.indices { keys.strata.append(strata[index].stratum(of: example)) }
    keys.time = try times?.time(of: example)
    return keys
  }

  /// - Throws: `SplitError.noSuchField` where a field is in no row.
  package func check() throws(SplitError) {
    try groups?.check()
    for recorder in strata { try recorder.census?.check() }
    try times?.census.check()
  }

  /// A warning for each field that some rows lack.
  package var findings: [Diagnostic] {
    var findings: [Diagnostic] = []
    if let finding = groups?.finding(hint: "they are kept together by their prompts and groups alone") {
      findings.append(finding)
    }
    for recorder in strata {
      if let finding = recorder.census?.finding(hint: "they are spread as if they had one value of their own") {
        findings.append(finding)
      }
    }
    if let finding = times?.census.finding(hint: "they count as the oldest") { findings.append(finding) }
    return findings
  }

  /// The names of the values of each stratification, by their numbers; lengths have none.
  package var valueNames: [[String]] { strata.map(\.names) }
}

/// What fields of a record say about a row.
package struct RowKeys: Sendable, Equatable {
  /// The group that a field puts it in.
  package var group: String?
  /// For each field to stratify by, the number of the row's value, or its length.
  package var strata: [UInt32] = []
  /// Seconds since 1970 began; nil where nothing is ordered by time, or the row has none.
  package var time: Double?

  package init(group: String? = nil, strata: [UInt32] = [], time: Double? = nil) {
    self.group = group
    self.strata = strata
    self.time = time
  }
}
