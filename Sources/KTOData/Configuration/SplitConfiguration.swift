package import KTOCore

/// The shares of the parts: the `data.split:` section.
package struct SplitConfiguration: ConfigurationSection {
  package var train = 90
  package var validation = 10
  /// Shares of other parts, by their names.
  package var others: [String: Int] = [:]
  package var groupBy = GroupBy.prompt
  package var stratify: [String] = []
  package var byTime: String?

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .int("train", \.train, in: 0...100, "Percent of the examples that train."),
      .int(
        "validation", \.validation, in: 0...99,
        "Percent that only measures; with 0 there is no validation split, and the best checkpoint goes by the training loss."
      ),
      .notation(
        "group_by", \.groupBy,
        expected: "prompt, group, none, the name of a field, or the JSON pointer of one, such as /meta/user",
        pattern: "^[^\\u0000-\\u001f]+$", parse: { GroupBy($0) }, render: { $0.description },
        "What stays together. prompt: prompts that are alike but for white space and the case of letters or have the same tokens, a conversation and those that continue it, and the same group of the source; group: the last alone; none: nothing. Any other name is a field of the records that no format reads: rows with the same value in it stay together, beside what prompt keeps together."
      ),
      .strings(
        "stratify", \.stratify,
        "What every part has in the same shares, beside the labels: length (of the answers), file, or the name or JSON pointer of a field that no format reads."
      ),
      .optionalString(
        "by_time", \.byTime,
        "A field that holds a time (ISO 8601, or seconds or milliseconds since 1970): the oldest groups train and the parts behind are later, in the order train, validation, test, then by name. Groups stay whole and go by their latest row."
      ),
    ]
  }

  package static var namedFields: NamedFields<Self>? {
    NamedFields(
      pattern: "^[a-z0-9_-]{1,64}$", accepts: { SplitRatios.isName($0) }, names: { $0.others.keys.sorted() },
      field: {
        .int(
          $0, \.[shareOf: $0], in: 0...99,
          "Percent of the part of this name, which is written for later.")
      })
  }

  private subscript(shareOf name: String) -> Int {
    get { others[name, default: 0] }
    set { others[name] = newValue }
  }

  /// Where a part is named, those that are not have no share.
  package mutating func complete(given keys: Set<String>) {
    let others: Set = ["group_by", "stratify", "by_time"]
    guard keys.contains(where: { !others.contains($0) && SplitRatios.isName($0) }) else { return }
    if !keys.contains("train") { train = 0 }
    if !keys.contains("validation") { validation = 0 }
  }

  package var conflicts: [(key: String, message: String)] {
    if let text = stratify.first(where: { StratifyBy($0) == nil }) {
      return [("stratify", "\"\(excerpt(text))\" is neither length, file nor the name of a field")]
    }
    if let byTime, RecordField(byTime) == nil {
      return [("by_time", "\"\(excerpt(byTime))\" is no name of a field")]
    }
    if byTime != nil, !stratify.isEmpty {
      return [("stratify", "parts that go by time cannot be stratified as well")]
    }
    let sum = train + validation + others.values.reduce(0, +)
    if train == 0 {
      let near = closest(to: "train", in: others.keys.sorted())
      return [
        ("train", "the part train must have a share" + (near.map { "; is \($0) meant to be it?" } ?? ""))
      ]
    }
    let names = (validation > 0 || others.isEmpty ? ["validation"] : []) + others.keys.sorted()
    let listed = (["train"] + names).joined(separator: names.count == 1 ? " and " : ", ")
    return sum == 100 ? [] : [(names[0], "\(listed) must make 100, not \(sum)")]
  }

  /// `stratify` and `by_time`, read; what could not be read, a file's reading has refused.
  package var strata: [StratifyBy] { stratify.compactMap { StratifyBy($0) } }
  package var timeField: RecordField? { byTime.flatMap { RecordField($0) } }

  /// The shares, each with the name of its part.
  /// - Throws: `SplitError.badRatios` for what reading a file would have refused.
  package var ratios: SplitRatios {
    get throws(SplitError) {
      try SplitRatios(
        [SplitRatios.Part("train", train), SplitRatios.Part("validation", validation)]
          + others.map { SplitRatios.Part($0.key, $0.value) })
    }
  }
}
