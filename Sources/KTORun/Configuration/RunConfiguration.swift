package import KTOCore
package import KTOData

/// Everything that `prepare` and `train` read from a YAML file.
package struct RunConfiguration: ConfigurationSection {
  package var model = ModelSelection()
  package var data = DataConfiguration()
  package var lora = AdapterConfiguration()
  package var training = TrainingConfiguration()
  package var kto = KTOConfiguration()
  package var output = OutputConfiguration()

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .section("model", \.model, "Which model, and how much of a conversation it reads."),
      .section("data", \.data, "From raw conversations to shards: what prepare does."),
      .section("lora", \.lora, "The adapter that is trained; the model itself stays as it is."),
      .section("training", \.training, "The optimisation."),
      .section("kto", \.kto, "The loss (KTO, arXiv:2402.01306)."),
      .section("output", \.output, "Where train writes. Relative paths start at the current folder."),
    ]
  }

  /// The JSON Schema of the file, as in `schemas/config.schema.json`.
  package static var schema: JSONValue {
    jsonSchema(
      title: "kto-data configuration",
      description:
        "The YAML file that kto-data prepare and train read. Every key has a default but model.name.")
  }
}

/// Where a run writes: the `output:` section.
package struct OutputConfiguration: ConfigurationSection {
  package var logs = "runs/logs"
  package var checkpoints = "runs/checkpoints"
  package var finalModel = "runs/final_model"

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .string("logs", \.logs, "Folder of training.log (for people) and training.jsonl (one object a step)."),
      .string(
        "checkpoints", \.checkpoints,
        "Folder of checkpoint_step_N.npz and best_checkpoint.npz: adapter, optimizer, random state and position, for train --resume."
      ),
      .string(
        "final_model", \.finalModel,
        "Folder of the trained adapter: lora_adapters.npz, and PEFT's adapter_model.safetensors with adapter_config.json."
      ),
    ]
  }
}
