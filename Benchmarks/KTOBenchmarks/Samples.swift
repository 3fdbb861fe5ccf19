import Foundation
import KTOCore
import KTOData
import KTOHub

/// What the repository holds for benchmarks to work on, found from this file's own place.
enum Samples {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The folder of the embedded model.
  static func tinyModel() throws -> ModelFolder {
    try HubCache(root: root + "/data/models").resolve("kto-data/tiny-mistral")
  }

  /// The sample conversations, labelled, without those whose score lies between the limits.
  static func examples() throws -> [Example] {
    let names = ["sharegpt.json", "openai_feedback.jsonl", "hh_rlhf.jsonl"]
    let cursor = RowCursor(names.map { "\(root)/data/raw/\($0)" })
    var examples: [Example] = []
    while let event = try cursor.next() {
      if case .row(let row) = event, row.state == .accepted, let example = row.example {
        examples.append(example)
      }
    }
    return examples
  }
}
