internal import KTOCore

extension TokenizerFile {
  /// The pre-tokenizers in their order; a `Sequence` is laid flat.
  static func preTokenizers(_ field: JSONField) throws(TokenizerError) -> [PreTokenizer] {
    var stages: [PreTokenizer] = []
    try append(field, to: &stages)
    // The model works on bytes, so the bytes must come from a ByteLevel stage, and from the last one: a stage
    // after it would see GPT-2's characters for bytes instead of the text.
    guard case .byteLevel? = stages.last else {
      throw .unsupported(
        stage: .preTokenizer, component: "\(field.node?["type"]?.string ?? "null")",
        detail: "without ByteLevel as the last stage")
    }
    for stage in stages.dropLast() {
      if case .byteLevel = stage {
        throw .unsupported(stage: .preTokenizer, component: "ByteLevel", detail: "before other stages")
      }
    }
    return stages
  }

  private static func append(_ field: JSONField, to stages: inout [PreTokenizer]) throws(TokenizerError) {
    if field.isNull { return }
    let type = try field["type"].text()
    switch type {
    case "Sequence":
      for item in try field["pretokenizers"].items() { try append(item, to: &stages) }
    case "Digits":
      stages.append(.digits(individual: try field["individual_digits"].flag(or: false)))
    case "ByteLevel":
      stages.append(
        .byteLevel(
          addsPrefixSpace: try field["add_prefix_space"].flag(),
          usesPattern: try field["use_regex"].flag(or: true)))
    case "Split":
      let pattern = field["pattern"]
      throw .unsupported(
        stage: .preTokenizer, component: type,
        detail: pattern["Regex"].node?.string ?? pattern["String"].node?.string)
    default: throw .unsupported(stage: .preTokenizer, component: type, detail: nil)
    }
  }

  /// The post-processors that add ids; ByteLevel, which only trims offsets, leaves nothing.
  static func postProcessors(_ field: JSONField) throws(TokenizerError) -> [PostProcessor] {
    if field.isNull { return [] }
    let type = try field["type"].text()
    switch type {
    case "ByteLevel": return []
    case "TemplateProcessing": return [try template(field)]
    case "Sequence":
      var processors: [PostProcessor] = []
      for item in try field["processors"].items() { processors += try postProcessors(item) }
      return processors
    default: throw .unsupported(stage: .postProcessor, component: type, detail: nil)
    }
  }

  private static func template(_ field: JSONField) throws(TokenizerError) -> PostProcessor {
    var parts: [PostProcessor.Part] = []
    for item in try field["single"].items() {
      if item["Sequence"].node != nil {
        guard try item["Sequence"]["id"].text() == "A" else { throw item.malformed("sequence A alone") }
        parts.append(.sequence)
        continue
      }
      let name = try item["SpecialToken"]["id"].text()
      var ids: [UInt32] = []
      for id in try field["special_tokens"][name]["ids"].items() { ids.append(UInt32(try id.count())) }
      parts.append(.special(ids))
    }
    return PostProcessor(parts: parts)
  }
}
