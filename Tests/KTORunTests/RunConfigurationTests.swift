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
        split: {train: 80, test: 10}
        label: {desirable_at: 1, undesirable_below: 2}
      training: {max_steps: 5, warmup_steps: 6}
      kto: {lambda_d: 0, lambda_u: 0}
      """
    let document = try YAMLParser().parse(Array(yaml.utf8), file: "run.yaml")
    let error = #expect(throws: ConfigurationError.self) { try RunConfiguration(reading: document) }
    #expect(
      error?.diagnostics.map { "\($0.code) \($0.location?.line ?? 0)" } == [
        "C05 3", "C05 4", "C05 5", "C05 6",
      ])
  }

  @Test(arguments: [
    ("{}", "90/10"), ("{train: 100}", "100/0"), ("{train: 90, validation: 5, test: 5}", "90/5/5"),
    ("{dev: 10, train: 90}", "train=90,validation=0,dev=10"), ("{group_by: user}", "90/10"),
  ])
  func `parts that are not named have no share where others are`(text: String, ratios: String) throws {
    #expect(try split(text).ratios.description == ratios)
  }

  @Test(arguments: [
    "{train: 90}", "{validation: 10, test: 90}", "{trian: 100}", "{train: 90, Test: 10}",
    "{train: 90, a/b: 10}",
    "{train: 101}", "{group_by: \"\"}",
  ])
  func `shares that do not make 100, and names that are none, are refused`(text: String) {
    #expect(throws: ConfigurationError.self) { try split(text) }
  }

  @Test func `named parts are shown and read back`() throws {
    let configuration = try split("{train: 80, test: 15, dev: 5, group_by: /meta/user}")
    let text = configuration.yamlText
    let document = try YAMLParser().parse(Array(text.utf8), file: "again.yaml")
    #expect(try SplitConfiguration(reading: document) == configuration)
    #expect(configuration.differences().contains("dev: 5\n"))
  }

  private func split(_ text: String) throws -> SplitConfiguration {
    try SplitConfiguration(reading: YAMLParser().parse(Array(text.utf8), file: "split.yaml"))
  }
}
