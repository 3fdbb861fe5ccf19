import KTOData
import Testing

@testable import KTOTrain

struct BalancingWeightsTests {
  @Test(arguments: [(10, 90), (30, 70), (70, 30), (90, 10), (1, 1000), (1000, 1), (53, 41)])
  func `the weights bring the ratio between 1 and four thirds, and the rarer class gets more`(
    desirable: Int, undesirable: Int
  ) throws {
    let counts = ClassMasses(ClassCounts(desirable: desirable, undesirable: undesirable))
    let loss = try #require(KTOLoss().balanced(for: counts))
    let ratio = try #require(
      counts.ratio(desirableWeight: loss.desirableWeight, undesirableWeight: loss.undesirableWeight))
    #expect(ClassCounts.recommendedRatio.contains(ratio), "\(ratio)")
    #expect(loss.desirableWeight == 1 || loss.undesirableWeight == 1)
  }

  @Test(arguments: [(50, 50), (4, 3), (50, 40)])
  func `classes that suit equal weights keep them`(desirable: Int, undesirable: Int) {
    let counts = ClassMasses(ClassCounts(desirable: desirable, undesirable: undesirable))
    let weights = counts.balancingWeights
    #expect(weights?.desirable == 1 && weights?.undesirable == 1)
  }

  @Test func `weights of rows count`() {
    var masses = ClassMasses()
    for _ in 0..<40 {
      masses.add(3, label: true)
      masses.add(1, label: false)
    }
    #expect(masses.balancingWeights?.desirable == 1)
    #expect(masses.balancingWeights?.undesirable == 2.6)
  }

  @Test func `one class alone has nothing to balance`() {
    #expect(KTOLoss().balanced(for: ClassMasses(ClassCounts(desirable: 5))) == nil)
  }

  @Test func `auto chooses the weights, so that they may not be given`() {
    var configuration = KTOConfiguration()
    (configuration.weights, configuration.lambdaUndesirable) = (.auto, 0.5)
    #expect(configuration.conflicts.map(\.key) == ["lambda_u"])
  }
}
