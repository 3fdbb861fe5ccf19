package import KTOCore

/// W12: annotators who do not agree, whose verdicts differ from everyone's, or who change their mind over time.
///
/// Runs where a field names the annotator. An item is a prompt with an answer; of several verdicts of one annotator on it
/// the last counts. Holds about 60 bytes an item.
package struct AnnotatorCheck: Check {
  package static let codes = [
    Code(
      "W12", .warning, "annotators do not agree, or one judges unlike the others",
      why: """
        Where people do not agree on what is good, the labels are mostly noise; and one annotator who likes everything, or \
        judges otherwise at the end than at the beginning, teaches the model his habits.
        """,
      example: "one annotator marks 95% of 200 answers desirable, the others 40%",
      remedy: """
        Make the guideline clearer and judge the items on which annotators differ once more; leave out, or weigh down, an \
        annotator who is far from the others.
        """)
  ]

  private static let fewestSharedItems = 20
  private static let fewestVerdicts = 20
  /// The z-score of a difference between shares of desirable verdicts, before they are called different.
  private static let smallestZ = 4.0
  private static let listed = 5

  private struct Verdict {
    var item: UInt64
    var annotator: UInt32
    var label: Bool
  }

  private let field: RecordField
  private let limits: CheckConfiguration
  private var census: FieldCensus
  private var numbers: [String: UInt32] = [:]
  private var names: [String] = []
  private var verdicts: [Verdict] = []
  package private(set) var notes: [String] = []
  package private(set) var failure: SplitError?

  package init?(_ context: CheckContext) {
    guard let field = context.limits.annotatorField else { return nil }
    self.field = field
    limits = context.limits
    census = FieldCensus(field)
  }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    guard let name = census.value(of: row.example) else { return }
    let number: UInt32
    if let known = numbers[name] {
      number = known
    } else {
      number = UInt32(names.count)
      numbers[name] = number
      names.append(name)
    }
    verdicts.append(Verdict(item: row.fingerprint.row, annotator: number, label: row.label))
  }

  package mutating func finish(_ findings: inout RowFindings) {
    if let finding = census.finding(hint: "their verdicts are not counted among those of annotators") {
      findings.find(finding)
    }
    do { try census.check() } catch { failure = error }
    guard !verdicts.isEmpty else { return }
    let latest = latestVerdicts()
    let agreement = Agreement(counts(of: latest))
    notes = [text(agreement, itemCount: Set(latest.map(\.item)).count, verdictCount: latest.count)]
    if let agreement, agreement.sharedItems >= Self.fewestSharedItems, agreement.alpha < limits.agreement {
      findings.find(
        Self.codes[0],
        "annotators hardly agree: Krippendorff's α \(decimal(agreement.alpha, digits: 2)) over "
          + "\(counted(agreement.sharedItems, "item")) with several verdicts",
        hint: "an α of 0.67 or more is usual for labels that can be relied on")
    }
    judgeRates(latest, &findings)
    judgeDrift(&findings)
    verdicts = []
  }

  /// One verdict an annotator and item, ordered by item.
  private func latestVerdicts() -> [Verdict] {
    let order = verdicts.indices.sorted {
      (verdicts[$0].item, verdicts[$0].annotator, $0) < (verdicts[$1].item, verdicts[$1].annotator, $1)
    }
    var latest: [Verdict] = []
    for index in order {
      if let last = latest.last, last.item == verdicts[index].item,
        last.annotator == verdicts[index].annotator
      {
        latest.removeLast()
      }
      latest.append(verdicts[index])
    }
    return latest
  }

  /// The verdicts on each item.
  private func counts(of verdicts: [Verdict]) -> [(desirable: Int, undesirable: Int)] {
    var counts: [(desirable: Int, undesirable: Int)] = []
    var item: UInt64?
    for verdict in verdicts {
      if verdict.item != item { counts.append((0, 0)) }
      item = verdict.item
      if verdict.label {
        counts[counts.count - 1].desirable += 1
      } else {
        counts[counts.count - 1].undesirable += 1
      }
    }
    return counts
  }

  private func text(_ agreement: Agreement?, itemCount: Int, verdictCount: Int) -> String {
    var text =
      "annotators: \(names.count) with \(counted(verdictCount, "verdict")) on \(counted(itemCount, "item"))"
    let again = verdicts.count - verdictCount
    if again > 0 { text += " (the last of several by one annotator on an item; \(again) came before)" }
    guard let agreement else { return text + ", none of which has two" }
    func value(_ number: Double) -> String { number.isNaN ? "undefined" : decimal(number, digits: 3) }
    text +=
      "; on \(agreement.sharedItems) with several: agreement \(decimal(agreement.observed * 100, digits: 1))%, "
    text += "Fleiss' κ \(value(agreement.kappa)), Krippendorff's α \(value(agreement.alpha)), "
    return text + "Gwet's AC1 \(value(agreement.gwet))"
  }

  /// Annotators whose share of desirable verdicts is far from that of all others.
  private func judgeRates(_ verdicts: [Verdict], _ findings: inout RowFindings) {
    var counts = names.map { _ in ClassCounts() }
    var total = ClassCounts()
    for verdict in verdicts {
      counts[Int(verdict.annotator)].add(verdict.label)
      total.add(verdict.label)
    }
    var found: [(z: Double, name: String, own: ClassCounts, others: ClassCounts)] = []
    for (name, own) in zip(names, counts) {
      var others = total
      others -= own
      if let z = difference(own, others) { found.append((z, name, own, others)) }
    }
    for one in found.sorted(by: { ($0.z, $1.name) > ($1.z, $0.name) }).prefix(Self.listed) {
      findings.find(
        Self.codes[0],
        "annotator \(excerpt(one.name)) judges unlike the others: \(percent(one.own.desirable, of: one.own.total)) of "
          + "\(one.own.total) verdicts are desirable, of the others' \(percent(one.others.desirable, of: one.others.total))",
        hint: found.count > Self.listed ? "\(found.count) annotators are such; the furthest are named" : nil)
    }
  }

  /// Annotators whose second half of verdicts, in the order of the input, differs from the first.
  private func judgeDrift(_ findings: inout RowFindings) {
    var ofAnnotator = names.map { _ in [Bool]() }
    for verdict in verdicts { ofAnnotator[Int(verdict.annotator)].append(verdict.label) }
    for (name, labels) in zip(names, ofAnnotator) {
      var (first, second) = (ClassCounts(), ClassCounts())
      for label in labels.prefix(labels.count / 2) { first.add(label) }
      for label in labels.dropFirst(labels.count / 2) { second.add(label) }
      guard difference(first, second) != nil else { continue }
      findings.find(
        Self.codes[0],
        "annotator \(excerpt(name)) judges otherwise later: \(percent(first.desirable, of: first.total)) of the first "
          + "\(first.total) verdicts are desirable, \(percent(second.desirable, of: second.total)) of the rest"
      )
    }
  }

  /// The z-score of the difference between two shares (pooled), where it is large and certain.
  private func difference(_ a: ClassCounts, _ b: ClassCounts) -> Double? {
    guard a.total >= Self.fewestVerdicts, b.total >= Self.fewestVerdicts else { return nil }
    let (first, second) = (Double(a.desirable) / Double(a.total), Double(b.desirable) / Double(b.total))
    let pooled = Double(a.desirable + b.desirable) / Double(a.total + b.total)
    let error = (pooled * (1 - pooled) * (1 / Double(a.total) + 1 / Double(b.total))).squareRoot()
    guard (first - second).magnitude >= limits.annotatorDifference, error > 0 else { return nil }
    let z = (first - second).magnitude / error
    return z >= Self.smallestZ ? z : nil
  }
}
