import Foundation
import KTOTestSupport
import Testing

struct ConfigurationCommandTests {
  private func show(_ yaml: String, _ arguments: [String] = []) throws -> CommandLineTool.Result {
    let folder = try TemporaryFolder()
    try folder.write(yaml, to: "run.yaml")
    return try CommandLineTool.run(["config", "show", "--config", "run.yaml"] + arguments, in: folder.url)
  }

  @Test func `every mistake is reported with its place, and the exit code is 1`() throws {
    let result = try show(
      """
      model:
        name: some/model
        max_seq_len: 512
      training:
        max_steps: many
        learning_rate: 2
        gradient_checkpointing: yes
      rank: 8
      kto: {homogeneous_batch: ktoo}
      lora:
        target_modules: q_proj
      """)
    #expect(
      result.error == """
        run.yaml:3:3: error: C01: unknown key 'model.max_seq_len'
          hint: did you mean 'model.max_seq_length'?
        run.yaml:5:14: error: C02: training.max_steps must be a whole number from 1 to 1000000000, not the string "many"
        run.yaml:6:18: error: C03: training.learning_rate must be a number above 0 and at most 1, not 2
        run.yaml:7:27: error: C02: training.gradient_checkpointing must be true or false, not the string "yes"
        run.yaml:8:1: error: C01: unknown key 'rank'
          hint: did you mean 'lora.rank'?
        run.yaml:9:26: error: C03: kto.homogeneous_batch must be cross_entropy or kto, not the string "ktoo"
          hint: did you mean kto?
        run.yaml:11:19: error: C02: lora.target_modules must be a list of strings, not the string "q_proj"
          hint: for example [first, second]

        """)
    #expect(result.output == "")
    #expect(result.exitCode == 1)
  }

  @Test func `a missing model is reported against the whole file`() throws {
    let result = try show("lora: {rank: 4}\n")
    #expect(
      result.error == """
        run.yaml: error: C04: model.name is missing
          hint: set it in the file, or with --set model.name=VALUE

        """)
    #expect(result.exitCode == 1)
  }

  @Test func `what is not YAML is reported where it breaks`() throws {
    let result = try show("model:\n  name: a/b\n  name: c/d\n")
    #expect(result.error == "run.yaml:3:3: error: C00: the key 'name' is given twice\n")
    #expect(result.exitCode == 1)
  }

  @Test func `--set wins over the file`() throws {
    let result = try show(
      "model: {name: a/b}\ntraining: {max_steps: 50}\n",
      ["--set", "training.max_steps=8", "--set", "lora.target_modules=[k_proj]", "--set", "kto.beta=0.25"])
    #expect(
      result.output
        == "model.name: a/b\nlora.target_modules: [k_proj]\ntraining.max_steps: 8\nkto.beta: 0.25\n")
    #expect(result.exitCode == 0)
  }

  @Test func `a wrong --set is located at the option`() throws {
    let result = try show("model: {name: a/b}\n", ["--set", "training.max_step=8", "--set", "lora.rank=0"])
    #expect(
      result.error == """
        --set training.max_step: error: C01: unknown key 'training.max_step'
          hint: did you mean 'training.max_steps'?
        --set lora.rank: error: C03: lora.rank must be a whole number from 1 to 1024, not 0

        """)
    #expect(result.exitCode == 1)
  }

  @Test func `the effective configuration reads back as itself`() throws {
    let sample = CommandLineTool.package.appendingPathComponent("config/config_test_kto.yaml").path
    let first = try CommandLineTool.run(["config", "show", "--effective", "--config", sample])
    let folder = try TemporaryFolder()
    let file = try folder.write(first.output, to: "effective.yaml")
    let second = try CommandLineTool.run(["config", "show", "--effective", "--config", file])
    #expect(first.exitCode == 0)
    #expect(second.output == first.output)
  }

  @Test func `the schema in the repository is the one the program prints`() throws {
    let file = CommandLineTool.package.appendingPathComponent("schemas/config.schema.json")
    let printed = try CommandLineTool.run(["config", "schema"])
    #expect(
      printed.output == String(decoding: try Data(contentsOf: file), as: UTF8.self),
      "scripts/write_generated_files.sh writes it")
  }
}
