import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Agreement of annotators, and what is told of them (W12).
@Suite struct AnnotatorTests {
  @Test func `agreement is that of irrCAC and krippendorff`() throws {
    let text = try readFile(Fixtures.path("agreement/goldens.jsonl"))
    var parser = JSONParser()
    var tables = 0
    for line in text.split(separator: 0x0A) {
      let golden = try parser.parse(Array(line))
      let rows = (golden["verdicts"]?.array ?? []).compactMap(\.string)
      let agreement = try #require(
        Agreement(
          rows.map { row in (desirable: row.count { $0 == "1" }, undesirable: row.count { $0 == "0" }) }))
      for (ours, name) in [
        (agreement.kappa, "kappa"), (agreement.alpha, "alpha"), (agreement.gwet, "gwet"),
        (agreement.gwet, "ac2_quadratic"), (agreement.observed, "observed"),
      ] {
        let peers = try #require(golden[name]?.double)
        #expect((ours - peers).magnitude < 1e-9, "\(name)")
      }
      tables += 1
    }
    #expect(tables == 40)
  }

  @Test func `without an item that has two verdicts there is no agreement`() {
    #expect(Agreement([(desirable: 1, undesirable: 0), (0, 1)]) == nil)
    #expect(Agreement([(desirable: Int, undesirable: Int)]()) == nil)
  }

  /// Verdicts of annotators on numbered items.
  private func check(
    _ verdicts: some Sequence<(String?, Int, Bool)>
  ) -> (messages: [String], notes: [String]) {
    var context = CheckContext()
    context.limits.annotator = "who"
    guard var check = AnnotatorCheck(context) else { return ([], []) }
    for (annotator, item, label) in verdicts {
      var row = example(label: label, prompt: "question \(item)", completion: "answer \(item)", number: item)
      row.metadata = annotator.map { .members(["who": .string($0)]) }
      var findings = RowFindings()
      check.add(CheckedRow(row, label: label, fingerprint: fingerprint(row)), &findings)
    }
    var findings = RowFindings()
    check.finish(&findings)
    return (findings.diagnostics.map { "\($0.code): \($0.message)" }, check.notes)
  }

  @Test func `annotators who agree by chance alone are W12 with their agreement`() {
    let found = check(
      (0..<40).flatMap { item -> [(String?, Int, Bool)] in
        [("ann", item, item % 2 == 0), ("bob", item, item % 4 < 2)]
      })
    #expect(
      found.messages == [
        "W12: annotators hardly agree: Krippendorff's α 0.01 over 40 items with several verdicts"
      ])
    #expect(
      found.notes == [
        "annotators: 2 with 80 verdicts on 40 items; on 40 with several: agreement 50.0%, Fleiss' κ 0.000, "
          + "Krippendorff's α 0.013, Gwet's AC1 0.000"
      ])
  }

  @Test func `annotators who agree are no finding, and are counted`() {
    let found = check(
      (0..<40).flatMap { item -> [(String?, Int, Bool)] in
        [("ann", item, item % 2 == 0), ("bob", item, item % 2 == 0)]
      })
    #expect(found.messages == [])
    #expect(found.notes.first?.contains("agreement 100.0%, Fleiss' κ 1.000") == true)
  }

  @Test func `an annotator who likes everything is named`() {
    let found = check(
      (0..<400).map { item -> (String?, Int, Bool) in
        let name = ["ann", "bob", "cy", "dora"][item % 4]
        return (name, item, name == "cy" || item % 8 < 4)
      })
    #expect(
      found.messages == [
        "W12: annotator cy judges unlike the others: 100.0% of 100 verdicts are desirable, of the others' 50.0%"
      ])
  }

  @Test func `an annotator who judges otherwise later is named`() {
    let found = check(
      (0..<200).map { item -> (String?, Int, Bool) in
        ("ann", item, item < 100 ? item % 10 < 8 : item % 10 < 3)
      })
    #expect(
      found.messages == [
        "W12: annotator ann judges otherwise later: 80.0% of the first 100 verdicts are desirable, 30.0% of the rest"
      ])
  }

  @Test func `of several verdicts of one annotator on an item the last counts`() {
    let verdicts: [(String?, Int, Bool)] = [("ann", 1, true), ("ann", 1, false), ("bob", 1, false)]
    let found = check(verdicts)
    #expect(
      found.notes.first?.contains(
        "2 with 2 verdicts on 1 item (the last of several by one annotator on an item; 1 came before); on 1 with several: agreement 100.0%"
      ) == true)
  }

  @Test func `rows without the field are told, and a field that no row has`() {
    let verdicts: [(String?, Int, Bool)] = [("ann", 1, true), (nil, 2, false)]
    let found = check(verdicts)
    #expect(found.messages == ["W21: 1 example of 2 have no who"])
  }

  @Test func `a field that no row has is why the check cannot be made`() throws {
    var context = CheckContext()
    context.limits.annotator = "who"
    var check = try #require(AnnotatorCheck(context))
    var row = example(label: true)
    row.metadata = .members(["user": .integer(1)])
    var findings = RowFindings()
    check.add(CheckedRow(row, label: true, fingerprint: fingerprint(row)), &findings)
    check.finish(&findings)
    #expect(check.failure == .noSuchField("who", known: ["user"]))
  }

  @Test func `nobody asks about annotators by default`() { #expect(AnnotatorCheck(CheckContext()) == nil) }
}
