internal import Foundation
internal import KTOCore
internal import KTOTokenizer

/// How far a run over documents is, and at its end how fast it was, on standard error: on a terminal, or where
/// `--progress` asks.
struct ThroughputReport {
  private let stage: String
  private let options: OutputOptions
  private let line: ProgressLine
  private let isShown: Bool
  private let start = monotonicSeconds()

  /// - Parameter isWanted: false where only `--progress` makes it worth showing.
  init(_ stage: String, _ options: OutputOptions, isWanted: Bool = true) {
    self.stage = stage
    self.options = options
    line = ProgressLine(options)
    isShown = options.progress != .automatic || isWanted && options.terminal.error.isInteractive
  }

  /// Shows how far it is, where that does not mix with output on the same terminal.
  func show(_ totals: BatchTotals) {
    guard isShown, options.progress != .automatic || !options.terminal.output.isInteractive else { return }
    line.show(
      stage, done: totals.documentCount, unit: "documents", detail: "\(totals.textByteCount / 1_000_000) MB")
  }

  /// Takes the moving line away, so that other text can follow.
  func pause() { line.end() }

  /// Shows what was done, and how fast.
  func end(_ totals: BatchTotals) {
    line.end()
    guard isShown else { return }
    let seconds = max(monotonicSeconds() - start, 1e-9)
    let byteRate = Double(totals.textByteCount) / seconds
    let tokenRate = Double(totals.tokenCount) / seconds
    let terminal = options.terminal.error
    if options.progress == .json {
      let object = JSONValue.members([
        "stage": .string(stage), "documents": .integer(totals.documentCount),
        "bytes": .integer(totals.textByteCount), "tokens": .integer(totals.tokenCount),
        "seconds": .double(seconds), "bytes_per_second": .double(byteRate),
        "tokens_per_second": .double(tokenRate),
      ])
      terminal.writeError(object.jsonText + "\n")
      return
    }
    let megabytes = String(format: "%.1f MB", Double(totals.textByteCount) / 1e6)
    let rates = String(format: "%.2f s: %.1f MB/s, %.0f tokens/s", seconds, byteRate / 1e6, tokenRate)
    terminal.writeError(
      "\(totals.documentCount) documents, \(megabytes), \(totals.tokenCount) tokens in \(rates)\n")
  }
}
