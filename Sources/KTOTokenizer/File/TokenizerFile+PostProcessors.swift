internal import KTOCore

extension TokenizerFile {
  /// The post-processors in their order; a `Sequence` is laid flat.
  static func postProcessors(_ field: JSONField) throws(TokenizerError) -> [PostProcessor] {
    if field.isNull { return [] }
    let type = try field["type"].text()
    switch type {
    case "ByteLevel":
      guard try field["trim_offsets"].flag(or: true) else { return [] }
      return [.trimOffsets(keepsPrefixSpace: try field["add_prefix_space"].flag(or: true))]
    case "TemplateProcessing": return [try template(field)]
    case "BertProcessing": return [try surrounded(field)]
    case "RobertaProcessing":
      guard try field["trim_offsets"].flag(or: true) else { return [try surrounded(field)] }
      let keeps = try field["add_prefix_space"].flag(or: true)
      return [.trimOffsets(keepsPrefixSpace: keeps), try surrounded(field)]
    case "Sequence":
      var processors: [PostProcessor] = []
      for item in try field["processors"].items() { processors += try postProcessors(item) }
      let templates = processors.count { if case .template = $0 { true } else { false } }
      guard templates <= 1 else {
        // The reference takes the parts that the first one puts together for a pair of texts.
        throw .unsupported(stage: .postProcessor, component: type, detail: "of \(templates) that add tokens")
      }
      return processors
    default: throw .unsupported(stage: .postProcessor, component: type, detail: nil)
    }
  }

  private static func template(_ field: JSONField) throws(TokenizerError) -> PostProcessor {
    var parts: [PostProcessor.TemplatePart] = []
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
    return .template(parts)
  }

  /// `cls` before the text and `sep` behind it.
  private static func surrounded(_ field: JSONField) throws(TokenizerError) -> PostProcessor {
    func id(_ name: String) throws(TokenizerError) -> UInt32 {
      let pair = try field[name].items()
      guard pair.count == 2 else { throw field[name].malformed("a token and its id") }
      return UInt32(try pair[1].count())
    }
    return .template([.special([try id("cls")]), .sequence, .special([try id("sep")])])
  }
}
