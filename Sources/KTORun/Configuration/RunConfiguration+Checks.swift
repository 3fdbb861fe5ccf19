package import KTOData
internal import KTOTrain

extension RunConfiguration {
  /// What the checks of rows need to know of a run; reads the files of `data.benchmarks`.
  /// - Throws: `FileError`, `InputError`, `BenchmarkError`.
  package func checkContext() throws -> CheckContext {
    var context = CheckContext(
      desirableWeight: kto.lambdaDesirable, undesirableWeight: kto.lambdaUndesirable, balance: data.balance)
    context.limits = data.checks
    if !data.benchmarks.isEmpty { context.benchmarks = try BenchmarkIndex(data.benchmarks) }
    return context
  }
}
