internal import KTOCore

extension HTMLWriter {
  /// A table with a bar for each class and range of sizes that double; it reads without the bars, too.
  mutating func lengthChart(_ histogram: ByClass<Histogram>) {
    let starts = LengthStatistic.starts(histogram)
    let counts = [histogram.desirable, histogram.undesirable].map { ($0.counts(from: starts), $0.count) }
    raw(
      "<table class=\"chart\"><thead><tr><th scope=\"col\">size</th><th scope=\"col\"></th><th scope=\"col\">share</th></tr></thead><tbody>\n"
    )
    for (place, start) in starts.enumerated() {
      let end = place + 1 < starts.count ? starts[place + 1] - 1 : start
      let range =
        place + 1 == starts.count ? "\(start) or more" : end == start ? "\(start)" : "\(start)–\(end)"
      for (number, (sizes, total)) in counts.enumerated() where total > 0 {
        raw("<tr><th scope=\"row\">")
        text(number == 0 || counts[0].1 == 0 ? range : "")
        raw("</th><td><svg height=\"13\" role=\"img\" aria-label=\"")
        text("\(number == 0 ? "desirable" : "undesirable"), \(range): \(sizes[place]) of \(total)")
        raw(
          number == 0
            ? "\"><rect class=\"bar\" y=\"1\" height=\"11\" width=\""
            : "\"><rect class=\"bar other\" y=\"1\" height=\"11\" width=\"")
        text(decimal(99 * Double(sizes[place]) / Double(total), digits: 2))
        raw("%\"/></svg></td><td class=\"number\">")
        text(percent(sizes[place], of: total))
        raw("</td></tr>\n")
      }
    }
    raw("</tbody></table>\n")
  }
}
