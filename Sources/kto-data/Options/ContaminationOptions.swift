internal import ArgumentParser
internal import KTOData

/// `--decontaminate` and `--ngram`.
struct ContaminationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file of a benchmark's texts: of JSON each string is a text, of anything else each paragraph; may be repeated.",
      valueName: "file"),
    completion: .file())
  var decontaminate: [String] = []

  @Option(help: ArgumentHelp("Words in a row that must be the same.", valueName: "words"))
  var ngram = BenchmarkIndex.standardSize

  func validate() throws {
    guard (1...100).contains(ngram) else { throw ValidationError("--ngram must be from 1 to 100") }
  }

  /// Nil where no benchmark is named.
  func index() throws -> BenchmarkIndex? {
    decontaminate.isEmpty ? nil : try BenchmarkIndex(decontaminate, size: ngram)
  }
}
