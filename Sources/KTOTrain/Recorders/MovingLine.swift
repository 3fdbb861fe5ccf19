extension TrainingEvent {
  /// The event in at most so many columns, for a line of a terminal that moves; nil for what is worth a line of its own.
  package func movingLine(columns: Int) -> String? {
    switch self {
    case .step(let metrics, let total, let secondsLeft):
      var parts = [
        Part("step \(metrics.step)/\(total)", rank: 0),
        Part("loss \(fixed(metrics[.loss] ?? .nan, 4))", rank: 2),
        Part("KL \(fixed(metrics[.kl] ?? 0, 4))", rank: 4),
        Part("\(fixed(metrics[.tokensPerSecond] ?? 0, 0)) tokens/s", rank: 5),
        Part("ETA \(duration(secondsLeft))", rank: 1),
      ]
      if let margin = metrics[.rewardMargin] {
        parts.insert(Part("margin \(signed(margin, 4))", rank: 3), at: 2)
      }
      return line(parts, done: metrics.step, of: total, columns: columns)
    case .validating(let step, let rows, let total, let secondsLeft):
      let parts = [
        Part("validation", rank: 2), Part("\(rows)/\(total)", rank: 0), Part("after step \(step)", rank: 3),
        Part("ETA \(duration(secondsLeft))", rank: 1),
      ]
      return line(parts, done: rows, of: total, columns: columns)
    default: return nil
    }
  }
}

/// A part of a line, which is left out where there is no room after those of lower rank.
private struct Part {
  var text: String
  var rank: Int

  init(_ text: String, rank: Int) {
    self.text = text
    self.rank = rank
  }
}

/// The parts that fit, in their order, and a bar behind the first where there is room for one. All is ASCII, so a character
/// is a column.
private func line(_ parts: [Part], done: Int, of total: Int, columns: Int) -> String {
  var free = columns
  var chosen: Set<Int> = []
  for index in parts.indices.sorted(by: { parts[$0].rank < parts[$1].rank }) {
    let width = parts[index].text.count + (chosen.isEmpty ? 0 : 2)
    guard width <= free else { break }
    free -= width
    chosen.insert(index)
  }
  guard !chosen.isEmpty else {
    return String((parts.min { $0.rank < $1.rank }?.text ?? "").prefix(max(columns, 0)))
  }
  var texts = parts.indices.filter(chosen.contains).map { parts[$0].text }
  let length = min(20, free - 4)
  if length >= 5, total > 0 {
    let filled = min(length, length * done / total)
    let bar =
      "[" + String(repeating: "#", count: filled) + String(repeating: " ", count: length - filled) + "]"
    texts.insert(bar, at: 1)
  }
  return texts.joined(separator: "  ")
}
