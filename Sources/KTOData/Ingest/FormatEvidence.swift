package import KTOCore

/// Why a file was taken for one format: how many of its first records carry each format's signature.
package struct FormatEvidence: Sendable, Equatable {
  /// Records looked at.
  package var recordCount = 0
  /// Points a format: 2 for a record with its keys and shapes, 1 for its keys alone.
  package var scores: [RawFormat: Int] = [:]
  /// What spoke for a format that is told by something else than keys.
  package var note: String?

  package init() {}

  /// Adds one record's signature.
  package mutating func add(_ record: JSONNode) {
    recordCount += 1
    for (format, points) in signatures(of: record) { scores[format, default: 0] += points }
  }

  /// The formats by falling score; equal scores in the order of `RawFormat.allCases`.
  package var ranking: [(format: RawFormat, score: Int)] {
    RawFormat.allCases.compactMap { format in scores[format].map { (format, $0) } }
      .enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element)
  }

  /// Formats that the evidence does not tell apart: the best, and each with at least a tenth of its score.
  package var candidates: [RawFormat] {
    guard let best = ranking.first else { return [] }
    return ranking.filter { $0.score * 10 >= best.score }.map(\.format)
  }
}

extension FormatEvidence: CustomStringConvertible {
  /// `sharegpt 128, openai 2 points in 64 records`.
  package var description: String {
    if let note { return note }
    let shown = ranking.map { "\($0.format.rawValue) \($0.score)" }.joined(separator: ", ")
    return (shown.isEmpty ? "no signature" : "\(shown) points") + " in \(recordCount) records"
  }
}

private func signatures(of record: JSONNode) -> [(RawFormat, Int)] {
  guard let object = record.object else { return [] }
  var found: [(RawFormat, Int)] = []
  func has(_ key: String) -> Bool { object[key] != nil }
  func isList(_ node: JSONNode?, of key: String) -> Bool {
    guard let items = node?.array, let first = items.first else { return false }
    return first[key] != nil
  }

  let isPair = has("chosen") || has("rejected")
  if isPair {
    let sides = [object["chosen"], object["rejected"]]
    let isTranscript = sides.allSatisfy { $0?.string?.hasPrefix("\n\nHuman:") == true }
    if isTranscript, !has("prompt") {
      found.append((.hhRLHF, 2))
    } else {
      found.append((.trlPairs, has("chosen") && has("rejected") ? 2 : 1))
    }
  } else if has("prompt"), has("completion") {
    found.append((has("source") && has("group") ? .examples : .trl, 2))
  } else if has("completion"), has("label") {
    found.append((.trl, 1))
  }
  if let messages = object["messages"], !isPair {
    found.append((.openai, isList(messages, of: "role") ? 2 : 1))
  }
  if let turns = object["conversations"] {
    found.append((.sharegpt, isList(turns, of: "from") ? 2 : 1))
  }
  return found
}
