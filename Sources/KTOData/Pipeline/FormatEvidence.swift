package import KTOCore

/// Why a file was taken for one format: how many of its first records carry each format's signature.
package struct FormatEvidence: Sendable, Equatable {
  /// How many records are looked at, at most.
  package static let recordLimit = 64

  /// Records looked at.
  package private(set) var recordCount = 0
  /// Points a format, by name. Of each record only the formats with most points get theirs.
  package private(set) var scores: [String: Int] = [:]
  /// Records that are in a shape that is known and refused, by its name.
  private var refused: [String: Int] = [:]
  /// What the first record is: an object with these keys, or the name of another JSON type.
  private var firstKeys: [String] = []
  private var firstType: String?
  /// Where the records seem to be, if the first is none itself.
  private var nesting: RecordNesting?

  package init() {}

  /// Adds one record's signature.
  package mutating func add(_ record: JSONNode) {
    recordCount += 1
    if firstType == nil {
      firstType = record.typeName
      firstKeys = record.object?.members.map(\.key) ?? []
      nesting = RecordNesting(in: record)
    }
    guard let object = record.object else { return }
    if let shape = refusedShapes.first(where: { $0.isRecognized(in: object) }) {
      refused[shape.name, default: 0] += 1
      return
    }
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

  /// The refused shape that at least half of the records have.
  var refusedShape: (any RefusedShape.Type)? {
    refusedShapes.first { (refused[$0.name] ?? 0) * 2 >= max(1, recordCount) }
  }

  /// What the first record is, for the message about a file that no format fits.
  var firstRecord: String {
    guard firstType == "object" else {
      return "the first record is a JSON \(firstType ?? "value"), not an object"
    }
    guard !firstKeys.isEmpty else { return "the first record has no keys" }
    let shown = firstKeys.prefix(12).map { "\"\(excerpt($0))\"" }.joined(separator: ", ")
    let keys = firstKeys.count == 1 ? "key" : "keys"
    return "the first record has the \(keys) \(shown)" + (firstKeys.count > 12 ? ", …" : "")
  }

  /// What to do about a file that no format fits.
  var advice: String {
    nesting?.hint ?? "the formats that are read are " + recordFormatNames.joined(separator: ", ")
      + "; for any other shape set data.map=FILE, a file that says which field is the prompt and which the answer"
  }
}

extension FormatEvidence: CustomStringConvertible {
  /// `sharegpt 128, openai 2 points in 64 records`.
  package var description: String {
    let shown = ranking.map { "\($0.format) \($0.score)" }.joined(separator: ", ")
    return (shown.isEmpty ? "no signature" : "\(shown) points") + " in \(counted(recordCount, "record"))"
  }
}
