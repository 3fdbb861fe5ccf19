import KTOCore

@testable import KTOData

/// The checks of one run over examples made in a test.
struct CheckedSet {
  private var run: CheckRun
  private let tokenizer: RowTokenizer?

  init(_ context: CheckContext = CheckContext(), tokenizer: RowTokenizer? = nil) {
    run = CheckRun(context)
    self.tokenizer = tokenizer
  }

  /// What is wrong with one labelled example, as the row cursor asks.
  mutating func check(_ example: Example) -> [Diagnostic] {
    let outcome = tokenizer?.tokenize(example)
    var findings = RowFindings(source: example.source, diagnostics: outcome?.findings ?? [])
    let row = CheckedRow(
      example, label: example.label ?? false, fingerprint: fingerprint(example), tokens: outcome)
    run.look(at: row, &findings)
    run.add(row, &findings)
    return findings.diagnostics
  }

  mutating func finish() -> [Diagnostic] { run.finish() }
}

func fingerprint(_ example: Example) -> Fingerprint {
  var fingerprinter = Fingerprinter()
  return fingerprinter.fingerprint(prompt: example.prompt, completion: example.completion)
}
