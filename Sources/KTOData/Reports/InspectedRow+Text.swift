internal import KTOCore

extension InspectedRow {
  /// The row for a terminal or a file.
  ///
  /// In colour the prompt is dim, the completion green where it is desirable and red where not, and every other
  /// piece is underlined so that tokens can be told apart; without colour `⟦` and `⟧` enclose the completion.
  /// Text from the data cannot control the terminal: control characters appear as escapes.
  package func rendered(colour: Bool) -> String {
    var text = heading + "\n"
    var isInCompletion = false
    for (number, piece) in pieces.enumerated() {
      if piece.isCompletion, !isInCompletion {
        isInCompletion = true
        if !colour { text += "⟦" }
      }
      text += colour ? painted(piece, isUnderlined: !number.isMultiple(of: 2)) : shown(piece.text)
    }
    if isInCompletion, !colour { text += "⟧" }
    return text + "\n"
  }

  /// A line a piece: position of its first token, mask, ids, text.
  package func tokenTable() -> String {
    var lines = [heading]
    var position = 0
    for piece in pieces {
      let mask = piece.isCompletion ? "completion" : "prompt    "
      let ids = piece.ids.map(String.init).joined(separator: "+")
      lines.append("\(position)\t\(mask)\t\(ids)\t\(excerpt(piece.text, limit: 80))")
      position += piece.ids.count
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: String {
    let label = example.label ? "desirable" : "undesirable"
    let weight = example.weight.map { ", weight \($0)" } ?? ""
    return "\(split)[\(index)] \(excerpt(example.id)): \(label)\(weight), "
      + "\(example.promptIDs.count) prompt tokens, \(example.completionIDs.count) completion tokens, "
      + "group \(excerpt(example.group))"
  }

  private func painted(_ piece: Piece, isUnderlined: Bool) -> String {
    let colour = piece.isCompletion ? (example.label ? "32" : "31") : "2"
    let start = "\u{1B}[\(colour)\(isUnderlined ? ";4" : "")m"
    // Colours end before a line does: pagers and backgrounds behave then.
    return shown(piece.text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : start + $0 + "\u{1B}[0m" }.joined(separator: "\n")
  }

  /// The text with visible line ends, and every other control character as an escape.
  private func shown(_ text: String) -> String {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { excerpt(String($0), limit: .max) }.joined(separator: "↵\n")
  }
}
