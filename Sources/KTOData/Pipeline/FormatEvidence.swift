package import KTOCore

/// Why a file was taken for one format: how many of its first records carry each format's signature.
package struct FormatEvidence: Sendable, Equatable {
  /// How many records are looked at, at most.
  package static let recordLimit = 64

  /// Records looked at.
  package private(set) var recordCount = 0
  /// Points a format, by name. Of each record only the formats with most points get theirs.
  package private(set) var scores: [String: Int] = [:]

  package init() {}

  /// Adds one record's signature.
  package mutating func add(_ record: JSONNode) {
    recordCount += 1
    guard let object = record.object else { return }
    let points = recordFormats.map { ($0.name, $0.evidence(in: object)) }
    guard let most = points.map(\.1).max(), most > 0 else { return }
    for (name, points) in points where points == most { scores[name, default: 0] += points }
  }

  /// The formats by falling score; equal scores in the order of the list.
  package var ranking: [(format: String, score: Int)] {
    recordFormatNames.compactMap { name in scores[name].map { (name, $0) } }
      .enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element)
  }

  /// Formats that the evidence does not tell apart: the best, and each with at least a tenth of its score.
  package var candidates: [String] {
    guard let best = ranking.first else { return [] }
    return ranking.filter { $0.score * 10 >= best.score }.map(\.format)
  }
}

extension FormatEvidence: CustomStringConvertible {
  /// `sharegpt 128, openai 2 points in 64 records`.
  package var description: String {
    let shown = ranking.map { "\($0.format) \($0.score)" }.joined(separator: ", ")
    return (shown.isEmpty ? "no signature" : "\(shown) points") + " in \(counted(recordCount, "record"))"
  }
}
