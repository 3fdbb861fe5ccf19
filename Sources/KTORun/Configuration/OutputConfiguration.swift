package import KTOCore
internal import KTOTrain

/// Where a run writes: the `output:` section.
package struct OutputConfiguration: ConfigurationSection {
  package var logs = "runs/logs"
  package var recorders = trainingRecorders.map { $0.name }
  package var checkpoints = "runs/checkpoints"
  package var finalModel = "runs/final_model"

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .string(
        "logs", \.logs,
        "Folder of what is recorded of a run: "
          + trainingRecorders.map { $0.fileName }.joined(separator: ", ")
          + "."),
      .strings(
        "recorders", \.recorders, allowed: trainingRecorders.map { $0.name },
        "What is recorded. " + trainingRecorders.map { "\($0.name): \($0.summary)" }.joined(separator: "; ")
          + "."),
      .string(
        "checkpoints", \.checkpoints,
        "Folder of checkpoint_step_N.npz and best_checkpoint.npz: adapter, optimizer, random state and position, for train --resume."
      ),
      .string(
        "final_model", \.finalModel,
        "Folder of the trained adapter: PEFT's adapter_model.safetensors, mlx-lm's adapters.safetensors, adapter_config.json for both, lora_adapters.npz for numpy, and a model card."
      ),
    ]
  }
}
