/// What is put around the ids of a text: the single-sequence template of `TemplateProcessing`.
struct PostProcessor: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case special([UInt32])
    case sequence
  }

  var parts: [Part]

  /// How many ids the special parts add.
  var addedCount: Int {
    parts.reduce(0) { count, part in if case .special(let ids) = part { count + ids.count } else { count } }
  }

  func apply(to ids: [UInt32], addSpecialTokens: Bool) -> [UInt32] {
    var output: [UInt32] = []
    for part in parts {
      switch part {
      case .special(let special): if addSpecialTokens { output += special }
      case .sequence: output += ids
      }
    }
    return output
  }
}
