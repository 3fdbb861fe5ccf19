internal import KTOCore

/// SARIF 2.1.0, which code scanning services and editors read. Source: OASIS, "Static Analysis Results Interchange
/// Format (SARIF) Version 2.1.0".
///
/// Columns count UTF-16 code units, as editors do, and are left out where the file does not tell them (compressed text);
/// `byteOffset` counts bytes of the text.
package enum SARIFReport: FindingReport {
  package static let name = "sarif"
  package static let summary = "SARIF 2.1.0, for code scanning and editors"
  package static let listsEveryFinding = true

  package static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void
  ) throws {
    let rules = Set(report.collected.map(\.finding.code)).sorted().map { id in (id, context.code(id)) }
    let numbers = Dictionary(uniqueKeysWithValues: rules.enumerated().map { ($1.0, $0) })
    let driver = JSONValue.members([
      "name": "kto-data".json, "version": context.version.json,
      "rules": .items(rules.map { rule($0, $1) }),
    ])
    let notices = report.omissionText.map { text in
      [JSONValue.members(["level": "warning".json, "message": message(text)])]
    }
    let invocation = JSONValue.members([
      "executionSuccessful": .bool(true), "toolExecutionNotifications": .items(notices ?? []),
    ])
    try write(
      Array(
        """
        {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{
        "tool":{"driver":\(driver.jsonText)},
        "columnKind":"utf16CodeUnits",
        "invocations":[\(invocation.jsonText)],
        "results":[
        """.utf8))
    var columns = UTF16Columns()
    let files = report.files.map { location(.whole($0.file), column: nil, pointer: "", context) }
    for (index, found) in report.collected.enumerated() {
      let column = found.finding.location.flatMap { columns.column(of: $0) }
      let result = result(found, rule: numbers[found.finding.code] ?? -1, column: column, files, context)
      try write(Array(((index == 0 ? "\n" : ",\n") + result.jsonText).utf8))
    }
    try write(Array("\n]}]}\n".utf8))
  }

  private static func rule(_ id: String, _ code: Code?) -> JSONValue {
    guard let code else { return .members(["id": id.json]) }
    return .members([
      "id": id.json, "shortDescription": message(code.title), "fullDescription": message(code.why),
      "help": message(code.why + "\n" + code.remedy),
      "defaultConfiguration": .members(["level": code.severity.rawValue.json]),
    ])
  }

  /// - Parameter files: the places of what is about all files together, since services refuse a result without one.
  private static func result(
    _ found: CollectedFinding, rule: Int, column: Int?, _ files: [JSONValue], _ context: ReportContext
  ) -> JSONValue {
    let finding = found.finding
    return .members([
      "ruleId": finding.code.json, "ruleIndex": .integer(rule), "level": finding.severity.rawValue.json,
      "message": message(finding.longMessage),
      "locations": .items(
        finding.location.map { [location($0, column: column, pointer: finding.pointer, context)] } ?? files),
      "partialFingerprints": .members(["ktoFinding/v1": found.identity(below: context.folder).text.json]),
    ])
  }

  private static func location(
    _ place: SourceLocation, column: Int?, pointer: String, _ context: ReportContext
  ) -> JSONValue {
    var physical = [JSONObject.Member("artifactLocation", JSONNode(artifact(place.file, context)))]
    if place.line > 0 {
      var region = [JSONObject.Member("startLine", JSONNode(.integer(place.line)))]
      if let column { region.append(JSONObject.Member("startColumn", JSONNode(.integer(column)))) }
      region.append(JSONObject.Member("byteOffset", JSONNode(.integer(place.byteOffset))))
      physical.append(JSONObject.Member("region", JSONNode(.object(JSONObject(region)))))
    }
    var members = [JSONObject.Member("physicalLocation", JSONNode(.object(JSONObject(physical))))]
    if !pointer.isEmpty {
      let logical = JSONValue.items([.members(["fullyQualifiedName": pointer.json])])
      members.append(JSONObject.Member("logicalLocations", JSONNode(logical)))
    }
    return .object(JSONObject(members))
  }

  /// A file below the working folder by its relative URI, any other by its absolute one.
  private static func artifact(_ file: String, _ context: ReportContext) -> JSONValue {
    if let path = pathBelow(context.folder, of: file) {
      return .members(["uri": uriText(path).json, "uriBaseId": "%SRCROOT%".json])
    }
    return .members(["uri": ("file://" + uriText(absolutePath(of: file, in: context.folder))).json])
  }

  private static func message(_ text: String) -> JSONValue { .members(["text": text.json]) }

  /// A path with everything escaped that a URI's path may not hold as it is (RFC 3986).
  private static func uriText(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%" + hexadecimal([byte]).uppercased()
      }
    }
    return text
  }
}

extension String {
  fileprivate var json: JSONValue { .string(self) }
}
