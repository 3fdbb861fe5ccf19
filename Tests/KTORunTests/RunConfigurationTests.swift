import Foundation
import KTOCore
import KTOData
import KTOTrain
import Testing

@testable import KTORun

struct RunConfigurationTests {
  private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  private func path(_ name: String) -> String { package.appendingPathComponent(name).path }

  @Test(arguments: ["config/config_test_kto.yaml", "config/config.yaml"])
  func `a sample file has every key, with the comment that documents it`(name: String) throws {
    let text = String(decoding: try readFile(path(name)), as: UTF8.self)
    let configuration = try RunConfiguration(path: path(name))
    // A header up to the first empty line, then exactly what `config show --effective` prints.
    let body = try #require(text.firstRange(of: "\n\n"))
    #expect(String(text[body.upperBound...]) == configuration.yamlText)
  }

  @Test func `the schema in the repository is the one the keys make`() throws {
    let text = String(decoding: try readFile(path("schemas/config.schema.json")), as: UTF8.self)
    #expect(text == RunConfiguration.schema.indentedText + "\n")
  }

  @Test func `the lightweight configuration is kept to the letter`() throws {
    let run = try RunConfiguration(path: path("config/config_test_kto.yaml"))
    #expect(run.model.maxSequenceLength == 512)
    #expect(run.lora.rank == 8)
    #expect(run.lora.alpha == 16)
    #expect(run.lora.targetModules == ["q_proj", "v_proj"])
    #expect(run.training.maxSteps == 50)
    #expect(run.training.epochs == 1)
    #expect(run.training.perDeviceBatchSize == 2)
    #expect(run.training.gradientAccumulationSteps == 2)
    #expect(run.training.learningRate == 5e-5)
    #expect(run.training.checkpointSteps == 20)
    #expect(run.kto.beta == 0.1)
    #expect(run.kto.lambdaDesirable == 1)
    #expect(run.kto.lambdaUndesirable == 1)
    #expect(run.kto.homogeneousBatch == .crossEntropy)
    #expect(run.data.split.train == 100)
    #expect(run.data.balance == LabelBalance(desirable: 50, undesirable: 50))
  }

  @Test func `the full configuration has 4096 tokens and rank 64`() throws {
    let run = try RunConfiguration(path: path("config/config.yaml"))
    #expect(run.model.maxSequenceLength == 4096)
    #expect(run.lora.rank == 64)
  }

  @Test func `sections whose keys contradict each other are refused together`() throws {
    let yaml = """
      model: {name: a/b}
      data:
        split: {train: 90}
        label: {desirable_at: 1, undesirable_below: 2}
      training: {max_steps: 5, warmup_steps: 6}
      kto: {lambda_d: 0, lambda_u: 0}
      """
    let document = try YAMLParser().parse(Array(yaml.utf8), file: "run.yaml")
    let error = #expect(throws: ConfigurationError.self) { try RunConfiguration(reading: document) }
    #expect(
      error?.diagnostics.map { "\($0.code) \($0.location?.line ?? 0)" } == ["C05 4", "C05 5", "C05 6"])
  }
}
