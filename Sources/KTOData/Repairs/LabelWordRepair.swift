internal import KTOCore

/// Writes labels that are words as bools, where the word can mean nothing else: true and false in quotation marks, and
/// thumbs. Numbers stay: a 1 may be a thumb, a class or a rating.
package struct LabelWordRepair: Repair {
  package static let name = "labels"
  package static let summary =
    "a label or kto_tag that is \"true\", \"false\" or a thumb in words becomes true or false"

  private static let words: [String: Bool] = [
    "true": true, "false": false, "thumbs_up": true, "thumbs-up": true, "thumbs up": true, "thumbsup": true,
    "thumbs_down": false, "thumbs-down": false, "thumbs down": false, "thumbsdown": false, "👍": true,
    "👎": false,
  ]

  package init() {}

  package func repair(_ record: RepairedRecord) -> [RepairEdit] {
    guard let node = record.node else { return [] }
    let lists = ["messages", "conversations", "conversation"].compactMap { node[$0]?.array }
    return ([node] + lists.joined()).flatMap { holder in
      ["label", "kto_tag"].compactMap { key -> RepairEdit? in
        guard let value = holder[key], let word = value.string, let literal = record.literal(value),
          let meaning = Self.words[WordTable.plain(word)]
        else { return nil }
        return RepairEdit(literal.whole, Array("\(meaning)".utf8))
      }
    }
  }
}
