internal import KTOCore

extension TokenizerFile {
  /// The pre-tokenizers in their order; a `Sequence` is laid flat.
  static func preTokenizers(_ field: JSONField) throws(TokenizerError) -> [PreTokenizer] {
    var stages: [PreTokenizer] = []
    try append(field, to: &stages)
    return stages
  }

  private static func append(_ field: JSONField, to stages: inout [PreTokenizer]) throws(TokenizerError) {
    if field.isNull { return }
    let type = try field["type"].text()
    switch type {
    case "Sequence":
      for item in try field["pretokenizers"].items() { try append(item, to: &stages) }
    case "ByteLevel":
      stages.append(
        .byteLevel(
          addsPrefixSpace: try field["add_prefix_space"].flag(),
          usesPattern: try field["use_regex"].flag(or: true), writesCharacters: true))
    case "Split":
      stages.append(
        .split(
          try pattern(field["pattern"]), try behavior(field["behavior"]),
          inverts: try field["invert"].flag(or: false)))
    case "Digits": stages.append(.digits(individual: try field["individual_digits"].flag(or: false)))
    case "Punctuation":
      stages.append(.punctuation(field["behavior"].isNull ? .isolated : try behavior(field["behavior"])))
    case "Whitespace": stages.append(.whitespace)
    case "WhitespaceSplit": stages.append(.whitespaceSplit)
    case "Metaspace": stages.append(.metaspace(try metaspace(field)))
    case "CharDelimiterSplit": stages.append(.delimiter(try scalar(field["delimiter"])))
    case "BertPreTokenizer": stages.append(.bert)
    case "FixedLength":
      let length = field["length"].isNull ? 5 : try field["length"].count()
      guard length > 0 else { throw field["length"].malformed("a number greater than 0") }
      stages.append(.fixedLength(length))
    default: throw .unsupported(stage: .preTokenizer, component: type, detail: nil)
    }
  }

  private static func behavior(_ field: JSONField) throws(TokenizerError) -> SplitBehavior {
    guard let behavior = SplitBehavior(rawValue: try field.text()) else {
      throw field.malformed(SplitBehavior.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return behavior
  }

  /// A `Metaspace` stage or decoder, in its form of today or the legacy one with `add_prefix_space`.
  static func metaspace(_ field: JSONField) throws(TokenizerError) -> Metaspace {
    let scheme = field["prepend_scheme"]
    var prepends = Metaspace.Prepending.always
    if !scheme.isNull {
      guard let named = Metaspace.Prepending(rawValue: try scheme.text()) else {
        throw scheme.malformed("always, never or first")
      }
      prepends = named
    }
    if try !field["add_prefix_space"].flag(or: true), prepends != .never {
      throw field["add_prefix_space"].malformed("true, or prepend_scheme never")
    }
    return Metaspace(
      replacement: try scalar(field["replacement"]), prepends: prepends,
      splits: try field["split"].flag(or: true))
  }
}

extension [PreTokenizer] {
  /// Leaves the bytes as they are where ByteLevel is the last stage and the only one of its kind: the model then maps
  /// bytes itself, and no stage sees the characters.
  mutating func leaveBytesToModel() -> Bool {
    let places = indices.filter { if case .byteLevel = self[$0] { true } else { false } }
    guard places == [count - 1], case .byteLevel(let addsPrefixSpace, let usesPattern, _) = self[count - 1]
    else { return false }
    self[count - 1] = .byteLevel(
      addsPrefixSpace: addsPrefixSpace, usesPattern: usesPattern, writesCharacters: false)
    return true
  }
}
