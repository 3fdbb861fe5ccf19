import KTOCore
import Testing

@testable import KTORun

struct PeerKeyTests {
  @Test func `every key that is named is one of ours`() {
    let ours = Set(RunConfiguration.paths)
    #expect(peerKeys.compactMap(\.path).filter { !ours.contains($0) } == [])
    // Notes quote keys as messages do.
    let quoted = peerKeys.compactMap(\.note).flatMap { note in
      note.split(separator: "'", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
    #expect(!quoted.isEmpty && quoted.filter { !ours.contains($0) } == [])
  }

  @Test func `no name is there twice, nor a key of ours that needs no hint`() {
    let names = peerKeys.flatMap(\.names)
    #expect(Set(names).count == names.count)
    let ours = Set(RunConfiguration.paths.compactMap { $0.split(separator: ".").last })
    #expect(names.filter { ours.contains(Substring($0)) } == [])
  }

  @Test(arguments: [
    ("desirable_weight: 1", "it is called 'kto.lambda_d' here"),
    ("kto: {undesirable_weight: 1}", "it is called 'kto.lambda_u' here"),
    ("lora_r: 8", "it is called 'lora.rank' here"), ("lora: {r: 8}", "it is called 'lora.rank' here"),
    ("output_dir: x", "it is called 'output.final_model' here"),
    ("training: {num_train_epochs: 1}", "it is called 'training.epochs' here"),
    ("beta: 0.1", "did you mean 'kto.beta'?"), ("seed: 1", "did you mean 'data.seed' or 'training.seed'?"),
    ("kto: {rank: 8}", "did you mean 'lora.rank'?"),
    (
      "max_length: 512",
      "it is called 'model.max_seq_length' here; prompt and completion together"
    ), ("fp16: true", "training is in float32, whatever type the weights have"),
  ])
  func `another tool's key has a hint`(yaml: String, hint: String) throws {
    let document = try YAMLParser().parse(Array("{model: {name: x}, \(yaml)}".utf8), file: "c.yaml")
    let error = #expect(throws: ConfigurationError.self) { _ = try RunConfiguration(reading: document) }
    #expect(error?.diagnostics.map(\.hint) == [hint])
  }
}
