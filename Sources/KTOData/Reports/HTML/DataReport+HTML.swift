internal import KTOCore

extension DataReport {
  /// The page: one file, which loads nothing from anywhere.
  ///
  /// Its content-security policy allows the one style and the one script in it, by their hashes, and nothing else.
  package func html() -> [UInt8] {
    var page = HTMLWriter()
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
    page.text(sourceHash(pageStyle))
    page.raw("'; script-src 'sha256-")
    page.text(sourceHash(pageScript))
    page.raw("'; base-uri 'none'; form-action 'none'\">\n")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
    page.element("title", title)
    page.raw("\n<style>")
    page.raw(pageStyle)
    page.raw("</style>\n</head>\n<body>\n<header>\n")
    page.element("h1", title)
    writeVerdict(&page)
    page.raw("</header>\n")
    page.raw(
      "<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
    )
    page.raw(
      "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\"/>")
    page.raw("<path d=\"M0 0V6\"/></pattern></defs></svg>\n<main>\n")
    writeClasses(&page)
    writeFindings(&page)
    writeLengths(&page)
    writePrepared(&page)
    writeSamples(&page)
    writeOtherStatistics(&page)
    writeInputs(&page)
    page.raw("</main>\n<footer><p class=\"dim\">")
    page.text(
      "Made by kto-data" + (version.isEmpty ? "" : " \(version)")
        + ". This page loads nothing and sends nothing.")
    page.raw("</p></footer>\n<script>")
    page.raw(pageScript)
    page.raw("</script>\n</body>\n</html>\n")
    return page.bytes
  }

  private func writeVerdict(_ page: inout HTMLWriter) {
    let verdict = verdict
    switch verdict.severity {
    case .error: page.raw("<div class=\"verdict error\"><strong>")
    case .warning: page.raw("<div class=\"verdict warning\"><strong>")
    default: page.raw("<div class=\"verdict\"><strong>")
    }
    page.text(verdict.title)
    page.raw("</strong>")
    page.element("p", verdict.text)
    page.raw("</div>\n<nav aria-label=\"Parts of this page\"><ul>")
    page.raw("<li><a href=\"#classes\">Classes</a></li><li><a href=\"#findings\">Findings</a></li>")
    page.raw("<li><a href=\"#lengths\">Lengths</a></li>")
    if !prepared.isEmpty { page.raw("<li><a href=\"#prepared\">Splits</a></li>") }
    page.raw("<li><a href=\"#samples\">Samples</a></li><li><a href=\"#more\">More numbers</a></li>")
    page.raw("<li><a href=\"#inputs\">Inputs</a></li></ul></nav>\n")
  }

  private func writeClasses(_ page: inout HTMLWriter) {
    page.raw("<section id=\"classes\"><h2>Class balance</h2>\n")
    let usable = account.accepted
    if usable.desirable + usable.undesirable > 0 {
      let share = 100 * Double(usable.desirable) / Double(usable.desirable + usable.undesirable)
      let cut = decimal(share, digits: 2)
      page.raw("<svg class=\"balance\" height=\"28\" role=\"img\" aria-label=\"")
      page.text("\(usable.desirable) desirable and \(usable.undesirable) undesirable examples")
      page.raw("\"><rect class=\"bar\" width=\"")
      page.text(cut)
      page.raw("%\" height=\"28\"/><rect class=\"bar other\" x=\"")
      page.text(cut)
      page.raw("%\" y=\"1\" width=\"")
      page.text(decimal(100 - share, digits: 2))
      page.raw("%\" height=\"26\"/></svg>\n")
      writeKey(&page)
    }
    if let advice = usable.weightAdvice { page.element("p", "Weights: \(advice)") }
    page.table(
      StatisticTable(
        header: ["", "all", "desirable", "undesirable"],
        rows: [
          ["examples that can be used", "\(usable.total)", "\(usable.desirable)", "\(usable.undesirable)"],
          [
            "rejected for an error", "\(account.rejected.total)", "\(account.rejected.desirable)",
            "\(account.rejected.undesirable)",
          ],
          ["left out by the label rule", "\(account.droppedCount)", "", ""],
          ["records that could not be read", "\(account.rejectedRecords)", "", ""],
        ]))
    page.raw("</section>\n")
  }

  private func writeKey(_ page: inout HTMLWriter) {
    page.raw(
      "<p class=\"dim\"><svg class=\"key\" aria-hidden=\"true\"><rect class=\"bar\" width=\"100%\" height=\"100%\"/></svg>"
    )
    page.raw("desirable (filled) &emsp; <svg class=\"key\" aria-hidden=\"true\">")
    page.raw("<rect class=\"bar other\" width=\"100%\" height=\"100%\"/></svg>undesirable (hatched)</p>\n")
  }

  private func writeFindings(_ page: inout HTMLWriter) {
    page.raw("<section id=\"findings\"><h2>Findings</h2>\n")
    let found = account.sortedFindings
    if found.isEmpty { page.raw("<p>Nothing was found.</p>\n") }
    for (id, count) in found {
      let code = codes.first { $0.id == id }
      page.raw(
        count.severity == .error ? "<div class=\"finding error\"><h3>" : "<div class=\"finding warning\"><h3>"
      )
      page.element("span", class: "badge", count.severity.rawValue)
      page.text(" \(id): \(code?.title ?? "")")
      page.raw("</h3>")
      let isOfExamples = count.classes.desirable + count.classes.undesirable > 0
      page.element(
        "p",
        "Found \(count.total == 1 ? "once" : "\(count.total) times")"
          + (isOfExamples ? ": \(count.classes.text)." : "."))
      if let code {
        page.element("p", code.why)
        page.raw("<p><strong>What to do:</strong> ")
        page.text(code.remedy)
        page.raw("</p>")
      }
      if let quoted = excerpts[id], !quoted.isEmpty {
        page.raw("<details><summary>")
        page.text(quoted.count < count.total ? "The first \(quoted.count) of \(count.total)" : "Where")
        page.raw("</summary><ol>")
        for finding in quoted {
          page.raw("<li>")
          if let location = finding.location {
            page.element("code", "\(location)")
            page.raw(" ")
          }
          page.text(finding.message + (finding.hint.map { " (hint: \($0))" } ?? ""))
          page.raw("</li>")
        }
        page.raw("</ol></details>")
      }
      page.raw("</div>\n")
    }
    page.raw("</section>\n")
  }

  private func writeLengths(_ page: inout HTMLWriter) {
    guard let lengths = statistics.member(LengthStatistic.self), !lengths.histograms.isEmpty else { return }
    page.raw("<section id=\"lengths\"><h2>Lengths by class</h2>\n")
    page.raw(
      "<p>Where one class is longer than the other, a model may learn the length in place of what makes an answer good. "
    )
    page.raw("Each bar is a share of its class.</p>\n")
    writeKey(&page)
    for measure in LengthStatistic.Measure.allCases {
      guard let histogram = lengths.histograms[measure] else { continue }
      page.element("h3", measure.title)
      page.lengthChart(histogram)
      page.table(StatisticTable(of: "class", histogram))
    }
    page.raw("</section>\n")
  }

  private func writePrepared(_ page: inout HTMLWriter) {
    guard !prepared.isEmpty else { return }
    page.raw("<section id=\"prepared\"><h2>Splits</h2>\n")
    for (path, manifest) in prepared {
      page.element("h3", path)
      page.table(
        StatisticTable(
          header: ["split", "rows", "desirable", "undesirable", "prompt tokens", "completion tokens"],
          rows: manifest.splits.map { split in
            let counts = split.counts
            let numbers = [
              counts.desirable + counts.undesirable, counts.desirable, counts.undesirable,
              counts.promptTokens,
              counts.completionTokens,
            ]
            return [split.name] + numbers.map { "\($0)" }
          }))
    }
    page.raw("</section>\n")
  }

  private func writeOtherStatistics(_ page: inout HTMLWriter) {
    page.raw("<section id=\"more\"><h2>More numbers</h2>\n")
    for member in statistics.members where !(member is LengthStatistic) {
      let tables = member.tables
      guard !tables.isEmpty else { continue }
      page.element("h3", type(of: member).title)
      for table in tables { page.table(table) }
    }
    page.raw("</section>\n")
  }

  private func writeInputs(_ page: inout HTMLWriter) {
    page.raw("<section id=\"inputs\"><h2>Inputs</h2>\n<ul class=\"list\">")
    for file in files { page.element("li", file.text) }
    page.raw("</ul></section>\n")
  }
}
