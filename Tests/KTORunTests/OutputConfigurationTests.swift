import KTOCore
import KTOTrain
import Testing

@testable import KTORun

struct OutputConfigurationTests {
  @Test func `each recorder can be chosen, is documented, and is on by default`() throws {
    let schema = JSONNode(RunConfiguration.schema)
    let property = try #require(schema["properties"]?["output"]?["properties"]?["recorders"])
    #expect(property["items"]?["enum"]?.array?.map(\.string) == trainingRecorders.map { $0.name })
    let description = try #require(property["description"]?.string)
    for recorder in trainingRecorders {
      #expect(description.contains("\(recorder.name): \(recorder.summary)"))
    }
    #expect(OutputConfiguration().recorders == trainingRecorders.map { $0.name })
  }
}
