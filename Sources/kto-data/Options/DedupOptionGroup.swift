internal import ArgumentParser
internal import KTOCore
internal import KTOData

extension ComparedPart: ExpressibleByArgument {}
extension DuplicateKind: ExpressibleByArgument {}
extension ShingleUnit: ExpressibleByArgument {}

/// What duplicates are, for `dedup`.
struct DuplicateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is compared: row is prompt and completion, each with its like; prompt leaves one example of each prompt.",
      valueName: "part"))
  var of = ComparedPart.row

  @Option(
    help: ArgumentHelp(
      "How alike duplicates are: exact is the same bytes; normalized also the same but for white space, case, width, invisible characters and the form of quotation marks and dashes; near also the same but for some words.",
      valueName: "kind"))
  var level = DuplicateKind.near

  @Option(
    help: ArgumentHelp(
      "The least share of common shingles (Jaccard index) of near duplicates.", valueName: "share"))
  var threshold = DedupOptions().threshold

  @Option(help: ArgumentHelp("What shingles are made of: words, or characters.", valueName: "unit"))
  var shingle = DedupOptions().unit

  @Option(help: ArgumentHelp("Words or characters of a shingle.", valueName: "count"))
  var shingleSize = DedupOptions().shingleSize

  @Option(
    help: ArgumentHelp(
      "Bands of the signature: more find more of what is just alike enough, and take longer.",
      valueName: "count"))
  var bands = DedupOptions().bands

  @Option(
    help: ArgumentHelp(
      "Values in a band: fewer find more, and take longer. Bands times values are the permutations.",
      valueName: "count"))
  var bandRows = DedupOptions().rowsPerBand

  @Option(help: "Decides the permutations of the signatures.")
  var seed: UInt64 = DedupOptions().seed

  func validate() throws {
    guard threshold > 0, threshold <= 1 else {
      throw ValidationError("--threshold must be above 0 and at most 1")
    }
    guard (1...100).contains(shingleSize) else {
      throw ValidationError("--shingle-size must be from 1 to 100")
    }
    guard (1...256).contains(bands), (1...64).contains(bandRows) else {
      throw ValidationError("--bands must be from 1 to 256, and --band-rows from 1 to 64")
    }
  }

  func options(jobs: Int) -> DedupOptions {
    var options = DedupOptions()
    (options.of, options.level, options.threshold) = (of, level, threshold)
    (options.unit, options.shingleSize) = (shingle, shingleSize)
    (options.bands, options.rowsPerBand) = (bands, bandRows)
    (options.seed, options.jobs) = (seed, jobs)
    return options
  }
}
