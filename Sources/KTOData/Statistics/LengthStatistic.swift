package import KTOCore

/// Lengths of prompts and completions by class, in characters (Unicode scalars) and, with a model, in tokens.
package struct LengthStatistic: RowStatistic {
  package static let name = "lengths"
  package static let title = "Lengths"

  package enum Measure: String, Sendable, CaseIterable {
    case promptCharacters = "prompt_characters"
    case completionCharacters = "completion_characters"
    case promptTokens = "prompt_tokens"
    case completionTokens = "completion_tokens"

    package var title: String { rawValue.replacing("_", with: " ") }
  }

  package private(set) var histograms: [Measure: ByClass<Histogram>] = [:]

  package init() {}

  package mutating func add(_ row: CountedRow) {
    add(.promptCharacters, row, characterCount(row.example.prompt))
    add(.completionCharacters, row, characterCount(row.example.completion))
    guard let tokens = row.tokenCounts else { return }
    add(.promptTokens, row, tokens.prompt)
    add(.completionTokens, row, tokens.completion)
  }

  private mutating func add(_ measure: Measure, _ row: CountedRow, _ size: Int) {
    histograms[measure, default: ByClass(Histogram())][row.label].add(size)
  }

  package mutating func merge(_ other: Self) {
    for (measure, histogram) in other.histograms {
      for (_, label) in ByClass<Histogram>.labels {
        histograms[measure, default: ByClass(Histogram())][label].merge(histogram[label])
      }
    }
  }

  package var json: JSONValue {
    .object(
      JSONObject(
        Measure.allCases.compactMap { measure in
          histograms[measure].map { JSONObject.Member(measure.rawValue, JSONNode($0.json(\.json))) }
        }))
  }

  package init(json: JSONNode) throws(StatisticsError) {
    for measure in Measure.allCases {
      guard let node = json[measure.rawValue] else { continue }
      histograms[measure] = try ByClass(Histogram(), json: node) { (node) throws(StatisticsError) in
        try Histogram(json: node)
      }
    }
  }

  package var tables: [StatisticTable] {
    Measure.allCases.compactMap { measure in
      histograms[measure].map { StatisticTable(of: measure.title, $0) }
    }
  }

  package var lines: [String] {
    var lines: [String] = []
    for measure in Measure.allCases {
      guard let histogram = histograms[measure] else { continue }
      if !lines.isEmpty { lines.append("") }
      lines += StatisticTable(of: measure.title, histogram).lines + bars(histogram)
    }
    let (all, tokenized) = (count(.promptCharacters), count(.promptTokens))
    if tokenized > 0, tokenized < all {
      lines += ["", "tokens are those of \(tokenized) of the \(all) examples: the others have no counts"]
    }
    return lines
  }

  private func count(_ measure: Measure) -> Int {
    histograms[measure].map { $0.desirable.count + $0.undesirable.count + $0.unlabelled.count } ?? 0
  }

  /// A bar for each doubling and class, as a share of the class.
  private func bars(_ histogram: ByClass<Histogram>) -> [String] {
    let starts = LengthStatistic.starts(histogram)
    let desirable = histogram.desirable.counts(from: starts)
    let undesirable = histogram.undesirable.counts(from: starts)
    guard histogram.desirable.count + histogram.undesirable.count > 0 else { return [] }
    func bar(_ count: Int, _ total: Int) -> String {
      let width = total > 0 ? Int((Double(count) / Double(total) * 26).rounded()) : 0
      let text = String(repeating: "#", count: count > 0 ? max(1, width) : 0)
      return text + String(repeating: " ", count: 26 - text.count)
    }
    let pad = String(repeating: " ", count: 14)
    var lines = [pad + "desirable                  undesirable"]
    for (place, start) in starts.enumerated() {
      let range = place + 1 < starts.count ? "\(start)-\(starts[place + 1] - 1)" : "\(start) or more"
      let line =
        range + String(repeating: " ", count: max(1, 14 - range.count))
        + bar(desirable[place], histogram.desirable.count) + " "
        + bar(undesirable[place], histogram.undesirable.count)
      lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }
    return lines
  }

  /// Where ranges that double begin, from the least to the greatest size.
  package static func starts(_ histogram: ByClass<Histogram>) -> [Int] {
    let all = [histogram.desirable, histogram.undesirable, histogram.unlabelled].filter { $0.count > 0 }
    guard let least = all.map(\.least).min(), let greatest = all.map(\.greatest).max() else { return [0] }
    var start = 1
    while start * 2 <= least { start *= 2 }
    var starts = [least < 1 ? 0 : start]
    if least < 1 { starts.append(1) }
    while let last = starts.last, last * 2 <= greatest, last > 0 { starts.append(last * 2) }
    return starts
  }
}

/// The Unicode scalars of all contents.
func characterCount(_ messages: [Message]) -> Int {
  var count = 0
  for message in messages {
    let bytes = message.content.utf8.span
    for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
  }
  return count
}
