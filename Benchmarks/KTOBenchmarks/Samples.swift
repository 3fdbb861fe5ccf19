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
    let ingestor = Ingestor()
    let rule = LabelRule()
    var examples: [Example] = []
    for name in ["sharegpt.json", "openai_feedback.jsonl", "hh_rlhf.jsonl"] {
      _ = try ingestor.read(path: root + "/data/raw/" + name) { event in
        guard case .example(let example) = event else { return }
        if case .labelled(let labelled) = rule.label(example) { examples.append(labelled) }
      }
    }
    return examples
  }
}
