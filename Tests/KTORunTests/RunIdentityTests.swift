import KTOCore
import KTOData
import KTOTrain
import Testing

@testable import KTORun

struct RunIdentityTests {
  private func identity(
    commit: String? = nil, root: String = "r", _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunIdentity {
    var configuration = RunConfiguration()
    configuration.model.name = "org/name"
    change(&configuration)
    return RunIdentity(configuration, dataRoot: root, modelCommit: commit)
  }

  @Test func `what cannot change a number may change on a resume`() {
    let changed = identity { run in
      run.output.logs = "elsewhere"
      run.output.recorders = []
      run.training.maxSteps = 500
      run.training.epochs = 3
      run.training.threads = 7
      run.training.checkpointSteps = 1
      run.training.gradientCheckpointing = true
      run.data.shards = "moved"
      run.data.seed = 9
    }
    #expect(changed == identity())
  }

  @Test func `every other key belongs to the identity`() {
    let keys = identity().members.map(\.key)
    #expect(
      keys == [
        "model.name", "model.revision", "model.max_seq_length", "lora.rank", "lora.alpha", "lora.dropout",
        "lora.target_modules", "lora.layers", "lora.rslora", "lora.plus_ratio", "lora.init_adapter",
        "training.per_device_batch_size",
        "training.gradient_accumulation_steps", "training.learning_rate", "training.warmup_steps",
        "training.weight_decay", "training.max_grad_norm", "training.order", "training.seed", "kto.beta",
        "kto.weights", "kto.lambda_d", "kto.lambda_u", "kto.loss_type", "kto.log_epsilon_p",
        "kto.log_epsilon_r", "kto.sft_weight", "kto.kl_estimator", "kto.ema_decay",
        "kto.homogeneous_batch",
        "data.root",
      ])
  }

  @Test func `a model may have another name if its commit is the same`() {
    #expect(identity(commit: "c") == identity(commit: "c") { $0.model.name = "some/where" })
    #expect(identity(commit: "c") != identity(commit: "d"))
    #expect(identity() != identity { $0.model.name = "some/where" })
  }

  @Test func `other data is another run`() { #expect(identity() != identity(root: "s")) }
}
