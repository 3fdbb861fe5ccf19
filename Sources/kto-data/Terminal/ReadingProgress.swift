internal import Foundation
internal import KTOCore
internal import KTOData

/// How far a command is with its inputs: the share of their bytes, the rows, and the time that is left.
final class ReadingProgress {
  /// What the pipeline counts with.
  let counter = ReadCounter()
  private let line: ProgressLine
  /// Bytes of all inputs; nil where one of them is a pipe.
  private let total: Int?
  private let start = monotonicSeconds()

  /// - Parameter output: where rows go meanwhile, as a user names it: a moving line is not mixed with rows on a terminal.
  init(_ options: ProgressOptions, files: [String], output: String? = nil) {
    line = ProgressLine(options, isWanted: output != "-" || !options.terminal.output.isInteractive)
    let counts = files.map { fileKind($0) == .file ? try? fileByteCount($0) : nil }
    total = counts.contains(nil) ? nil : counts.compactMap { $0 }.reduce(0, +)
  }

  func show(_ stage: String, rows: Int) {
    guard line.isDue else { return }
    let done = counter.byteCount
    var members: [(String, JSONValue)] = [
      ("done", .integer(rows)), ("unit", .string("rows")), ("bytes", .integer(done)),
    ]
    guard let total, total > 0 else {
      return line.show(stage, share: nil, ["\(rows) rows", byteText(done)], members)
    }
    members.append(("total_bytes", .integer(total)))
    let share = min(1, Double(done) / Double(total))
    var parts = [
      String(format: "%.0f%%", 100 * share), "\(byteText(done)) of \(byteText(total))", "\(rows) rows",
    ]
    let seconds = monotonicSeconds() - start
    if seconds > 2, share > 0.005, share < 1 {
      let left = seconds * (1 - share) / share
      members.append(("seconds_left", .double(left.rounded())))
      parts.insert(timeText(left) + " left", at: 1)
    }
    line.show(stage, share: share, parts, members)
  }

  /// For what comes after the reading, whose end is not known.
  func show(_ stage: String, written rows: Int) { line.show(stage, done: rows, unit: "rows") }

  /// Takes the moving line away, so that other text can follow.
  func end() { line.end() }
}

/// `12 s`, `3 min 20 s` or `2 h 5 min`.
func timeText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "a long time" }
  let whole = max(1, Int(seconds.rounded()))
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s") }
  return "\(whole / 3600) h" + (whole % 3600 < 60 ? "" : " \(whole % 3600 / 60) min")
}
