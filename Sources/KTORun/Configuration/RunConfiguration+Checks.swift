package import KTOData
internal import KTOTrain

extension RunConfiguration {
  /// What the checks of rows need to know of a run.
  package var checkContext: CheckContext {
    CheckContext(
      desirableWeight: kto.lambdaDesirable, undesirableWeight: kto.lambdaUndesirable, balance: data.balance)
  }
}
