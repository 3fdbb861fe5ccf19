package import KTOCore

/// From raw files to shards: the `data:` section.
package struct DataConfiguration: ConfigurationSection {
  /// Files and folders of raw conversations; relative paths start at the current folder.
  package var inputs: [String] = []
  /// The name of a format, or `auto`.
  package var format = "auto"
  /// A file that says which field of a record is what.
  package var map: String?
  package var label = LabelConfiguration()
  package var split = SplitConfiguration()
  package var parts = PartConfiguration()
  /// Desirable to undesirable in each split; nil leaves the labels as they are.
  package var balance: LabelBalance?
  package var order: DataOrder = .shuffled
  package var seed = 42
  /// The folder that `prepare` writes and `train` reads.
  package var shards = "runs/shards"
  /// Files of benchmarks' texts, which no example should hold.
  package var benchmarks: [String] = []
  package var checks = CheckConfiguration()

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .strings(
        "inputs", \.inputs,
        "Files, folders and patterns such as data/*.jsonl, read in this order; a folder stands for its files and those of the folders in it, in the order of their paths. ~/ is the home folder. Relative paths start at the current folder, not at this file."
      ).marked(.changesNoRow),
      .member(
        "format", \.format, of: ["auto"] + recordFormatNames,
        "How the inputs are written. auto looks at each file's first 64 records."),
      .optionalString(
        "map", \.map,
        "A file that says which field of a record is the prompt, the answer, the label and so on, for shapes that no format knows (docs/mapping.md). Its path starts at the current folder."
      ).marked(.changesNoRow),
      .section("label", \.label, "How a record becomes desirable or undesirable."),
      .section(
        "split", \.split,
        "The parts that examples are divided into, each by its name with its share in percent: train, validation, which measures while train runs, and any others, such as test: 5. The shares make 100; where any is named, one that is not is 0."
      ),
      .section(
        "parts", \.parts,
        "Inputs that are divided already, a list for each part, such as train: [train.jsonl]. They are read in place of inputs, and each part is kept as it is."
      ).marked(.changesNoRow),
      .notation(
        "balance", \.balance,
        expected: "two whole numbers from 1 to 99 that make 100, such as 50/50, or none",
        pattern: "^(none|[1-9][0-9]?/[1-9][0-9]?)$", parse: { LabelBalance.parse($0) },
        render: { $0?.description ?? "none" },
        "Desirable/undesirable in each split, such as 50/50, reached by leaving out surplus examples, never by repeating; none keeps every example."
      ),
      .choice(
        "order", \.order,
        "The order of the rows in the shards: shuffled by seed, or input as they were read."),
      .int(
        "seed", \.seed, in: 0...Int.max,
        "Decides the split, what balancing leaves out, and the shuffle. The same seed and input give the same bytes."
      ),
      .string(
        "shards", \.shards,
        "The folder of the prepared data: written by prepare, read by train."
      ).marked(.changesNoRow),
      .section("checks", \.checks, "From where on checks warn.").marked(.changesNoRow),
      .strings(
        "benchmarks", \.benchmarks,
        "Files of benchmarks' texts: validate and prepare warn (W11) of each example that has 13 words in a row of one. Of JSON each string is a text, of anything else each paragraph."
      ).marked([.changesNoRow, .mayChangeOnResume]),
    ]
  }
}

extension DataConfiguration {
  package var conflicts: [(key: String, message: String)] {
    map != nil && format != "auto"
      ? [("map", "a mapping says itself what a record is: leave format at auto")] : []
  }
}

/// The order of rows in the shards.
package enum DataOrder: String, Sendable, CaseIterable {
  case shuffled, input
}

/// What a label is made from: the `data.label:` section.
package struct LabelConfiguration: ConfigurationSection {
  /// The name of a label rule, or `auto`.
  package var from = "auto"
  /// A file of label rules, which then alone decide.
  package var rules: String?
  /// The name of the field that holds the verdict, or a JSON pointer to it; `auto` for the formats' own fields.
  package var field = "auto"
  /// Words of a verdict beside the usual ones.
  package var desirableWords: [String] = []
  package var undesirableWords: [String] = []
  /// A score of at least this is desirable.
  package var desirableAt = 3.0
  /// A score below this is undesirable.
  package var undesirableBelow = 0.0
  /// Whether a score between the two is left out, rather than an error.
  package var dropBetween = true

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .member(
        "from", \.from, of: ["auto"] + standardLabelRuleNames,
        "The evidence: "
          + labelRules.filter { standardLabelRuleNames.contains($0.name) }
          .map { "\($0.name) is \($0.summary)" }.joined(separator: "; ")
          + "; auto takes the first of these that the record has."
      ),
      .optionalString(
        "rules", \.rules,
        "A file of label rules (docs/label-rules.md), of which the first that takes an example decides; the other keys of this section stay at their defaults then. Its path starts at the current folder."
      ).marked(.changesNoRow),
      .string(
        "field", \.field,
        "The field of a record that holds the verdict, by its name or as a JSON pointer such as /meta/vote; no other counts then. auto takes the formats' own: "
          + VerdictFields.names.joined(separator: ", ") + "."),
      .strings(
        "desirable_words", \.desirableWords,
        "Words that mean desirable, such as good or 👍, beside thumbs_up and its like; upper and lower case are the same."
      ),
      .strings("undesirable_words", \.undesirableWords, "Words that mean undesirable."),
      .double(
        "desirable_at", \.desirableAt, .within(-1e9...1e9),
        "A score of at least this makes the answer desirable."),
      .double(
        "undesirable_below", \.undesirableBelow, .within(-1e9...1e9),
        "A score below this makes the answer undesirable."),
      .bool(
        "drop_between", \.dropBetween,
        "Leave out answers whose score lies between the two limits; false makes each an error."),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    var conflicts: [(key: String, message: String)] = []
    if rules != nil {
      var others = self
      others.rules = nil
      if others != LabelConfiguration() {
        conflicts.append(("rules", "a file of rules decides alone: say in it what the other keys here say"))
      }
    }
    if undesirableBelow > desirableAt {
      conflicts.append(("undesirable_below", "\(undesirableBelow) lies above desirable_at, \(desirableAt)"))
    }
    let desirable = Set(desirableWords.map { $0.lowercased() })
    if let word = undesirableWords.first(where: { desirable.contains($0.lowercased()) }) {
      conflicts.append(("undesirable_words", "\"\(excerpt(word))\" is among the desirable_words, too"))
    }
    return conflicts
  }
}

/// A ratio of labels in percent, such as 50/50.
package struct LabelBalance: Sendable, Equatable, CustomStringConvertible {
  package var desirable: Int
  package var undesirable: Int

  package init(desirable: Int, undesirable: Int) {
    self.desirable = desirable
    self.undesirable = undesirable
  }

  package var description: String { "\(desirable)/\(undesirable)" }

  /// - Returns: the ratio, nil inside for `none`, and nil outside for what is neither.
  package static func parse(_ text: String) -> LabelBalance?? {
    if text == "none" { return .some(nil) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let desirable = Int(parts[0]), let undesirable = Int(parts[1]), (1...99).contains(desirable),
      (1...99).contains(undesirable), desirable + undesirable == 100
    else { return nil }
    return LabelBalance(desirable: desirable, undesirable: undesirable)
  }
}
