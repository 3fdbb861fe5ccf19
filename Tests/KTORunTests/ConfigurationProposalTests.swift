import KTOCore
import KTOData
import KTOHub
import KTOModels
import KTOTestSupport
import KTOTrain
import Testing

@testable import KTORun

struct ConfigurationProposalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A survey of so many examples of each class, whose completions have `words` words.
  private func survey(_ desirable: Int, _ undesirable: Int, words: (Int) -> Int = { _ in 5 }) throws
    -> DataSurvey
  {
    let lines = (0..<desirable + undesirable).map { row in
      let text = String(repeating: "word ", count: words(row)) + "\(row)."
      return #"{"prompt":"q\#(row)","completion":"\#(text)","label":\#(row < desirable)}"#
    }
    let file = try folder.write(lines.joined(separator: "\n"), to: "rows.jsonl")
    let model = try ModelTokenizer(
      folder: ModelFolder(path: Fixtures.tinyModel, name: "tiny", revision: "main", commit: nil))
    return try DataSurvey(
      of: [file], PipelineOptions(tokenizer: RowTokenizer(tokenizer: model, maxLength: 1 << 16)))
  }

  private var plan: ModelPlan {
    var plan = ModelPlan(
      hiddenSize: 64, layerCount: 2, headCount: 4, keyHeadCount: 2, intermediateSize: 128, vocabularySize: 300
    )
    plan.maximumPositions = 1024
    return plan
  }

  private func propose(_ survey: DataSurvey, memory: Int = 8_000_000_000) -> ConfigurationProposal {
    ConfigurationProposal(from: RunConfiguration(), survey: survey, plan: plan, memory: memory, cores: 2)
  }

  @Test func `the survey counts and measures what validate would accept`() throws {
    let survey = try survey(3, 2, words: { $0 == 4 ? 100 : 5 })
    #expect(survey.account.accepted == ClassCounts(desirable: 3, undesirable: 2))
    #expect(survey.files.map(\.format) == ["trl"])
    #expect(survey.lengths.count == 5 && survey.lengths == survey.lengths.sorted())
    #expect(survey.lengths[4] > survey.lengths[3] + 50)
    #expect(survey.longestPrompt > 0 && survey.longestPrompt < survey.lengths[0])
  }

  @Test func `every conversation fits, unless a few are far longer than all others`() throws {
    let even = propose(try survey(10, 10, words: { _ in 150 }))
    #expect(
      even.configuration.model.maxSequenceLength == 256 || even.configuration.model.maxSequenceLength == 512)
    let outlier = propose(try survey(200, 200, words: { $0 == 0 ? 2000 : 5 }))
    #expect(outlier.configuration.model.maxSequenceLength == 256)
    #expect(outlier.notes.first { $0.path == "model.max_seq_length" }?.text.contains("1 is cut") == true)
  }

  @Test func `no length is above the model's positions`() throws {
    let long = propose(try survey(10, 10, words: { _ in 2000 }))
    #expect(long.configuration.model.maxSequenceLength == 1024)
  }

  @Test(arguments: [(50, 50, 1.0, 1.0), (40, 30, 1, 1), (20, 80, 4.7, 1), (80, 20, 1, 3.5), (1, 0, 1, 1)])
  func `weights lie in the range that is advised`(
    desirable: Int, undesirable: Int, lambdaD: Double, lambdaU: Double
  ) throws {
    let proposal = propose(try survey(desirable, undesirable))
    let kto = proposal.configuration.kto
    #expect(kto.lambdaDesirable == lambdaD && kto.lambdaUndesirable == lambdaU)
    if let ratio = ClassCounts(desirable: desirable, undesirable: undesirable)
      .ratio(desirableWeight: kto.lambdaDesirable, undesirableWeight: kto.lambdaUndesirable)
    {
      #expect(ClassCounts.recommendedRatio.contains(ratio))
    }
  }

  @Test func `a model whose queries, keys and values are one linear layer gets the adapter there`() throws {
    var fused = plan
    fused.hasFusedQueryKeyValue = true
    let proposal = ConfigurationProposal(
      from: RunConfiguration(), survey: try survey(10, 10), plan: fused, memory: nil, cores: 2)
    #expect(proposal.configuration.lora.targetModules == ["qkv_proj"])
    #expect(
      proposal.notes.first { $0.path == "lora.target_modules" }?.text
        == "The model has no q_proj and no v_proj; its linear layers are qkv_proj, o_proj, gate_proj, up_proj, down_proj."
    )
    let plain = propose(try survey(10, 10))
    #expect(plain.configuration.lora.targetModules == ["q_proj", "v_proj"])
  }

  @Test func `little data gets short steps and no validation split`() throws {
    let few = propose(try survey(10, 10)).configuration
    #expect(few.data.split.train == 100 && few.data.split.validation == 0)
    #expect(few.training.perDeviceBatchSize * few.training.gradientAccumulationSteps <= 4)
    let many = propose(try survey(300, 300)).configuration
    #expect(many.data.split.train == 90)
    #expect(many.training.perDeviceBatchSize == 8 && many.training.gradientAccumulationSteps == 4)
  }

  @Test func `little memory gets small microbatches, and activations that are computed again`() throws {
    let survey = try survey(300, 300)
    let training = propose(survey, memory: 1_000_000).configuration.training
    #expect(training.perDeviceBatchSize == 2 && training.gradientCheckpointing)
    #expect(training.perDeviceBatchSize * training.gradientAccumulationSteps == 32)
    #expect(!propose(survey).configuration.training.gradientCheckpointing)
  }

  @Test func `the file reads back as the configuration, and says what it rests on`() throws {
    var start = RunConfiguration()
    start.model.name = "org/name"
    start.data.inputs = ["my data/rows.jsonl"]
    let proposal = ConfigurationProposal(
      from: start, survey: try survey(20, 80), plan: plan, memory: 8_000_000_000, cores: 2)
    let text = proposal.yamlText(header: "Two\nlines.")
    #expect(text.hasPrefix("# Two\n# lines.\n\n"))
    #expect(text.contains("  # 20 examples are desirable, 80 undesirable: "))
    let file = try folder.write(text, to: "run.yaml")
    #expect(try RunConfiguration(path: file) == proposal.configuration)
  }
}
