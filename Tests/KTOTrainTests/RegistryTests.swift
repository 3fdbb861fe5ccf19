import KTOCore
import Testing

@testable import KTOTrain

/// What must be true of every member of every list.
struct RegistryTests {
  private func check(_ members: [(name: String, summary: String)], key: String? = nil) throws {
    #expect(Set(members.map(\.name)).count == members.count, "two members have one name")
    for member in members { #expect(!member.name.isEmpty && !member.summary.isEmpty, "\(member)") }
    guard let key else { return }
    let schema = JSONNode(KTOConfiguration.jsonSchema(title: "", description: ""))
    let property = try #require(schema["properties"]?[key])
    #expect(property["enum"]?.array?.map(\.string) == members.map(\.name))
    let description = try #require(property["description"]?.string)
    for member in members { #expect(description.contains("\(member.name): \(member.summary)")) }
  }

  @Test func `each estimator has a name of its own, a summary and a place in the schema`() throws {
    try check(referencePointEstimators.map { ($0.name, $0.summary) }, key: "kl_estimator")
  }

  @Test func `an estimator that needs more than one row says why`() {
    for estimator in referencePointEstimators where estimator.smallestBatch > 1 {
      #expect(!estimator.smallestBatchReason.isEmpty, "\(estimator.name)")
    }
  }

  @Test func `each loss variant has a name of its own, a summary and a place in the schema`() throws {
    try check(lossVariants.map { ($0.name, $0.summary) }, key: "loss_type")
  }

  @Test func `the configuration makes the loss and the estimator that it names`() throws {
    for variant in lossVariants {
      for estimator in referencePointEstimators {
        var configuration = KTOConfiguration()
        (configuration.lossType, configuration.klEstimator) = (variant.name, estimator.name)
        #expect(try configuration.makeLoss().variant == variant)
        #expect(try type(of: configuration.makeEstimator()) == estimator)
      }
    }
  }

  @Test func `a name that is not in the list is refused`() {
    var configuration = KTOConfiguration()
    configuration.klEstimator = "other"
    #expect(throws: TrainingError.unknownName(key: "kto.kl_estimator", name: "other")) {
      try configuration.makeEstimator()
    }
  }

  @Test func `each metric has a name of its own and a summary`() throws {
    try check(trainingMetrics.map { ($0.name, $0.summary) })
  }

  @Test func `each recorder has a name and a file of its own, and a summary`() throws {
    try check(trainingRecorders.map { ($0.name, $0.summary) })
    try check(trainingRecorders.map { ($0.fileName, $0.summary) })
  }
}
