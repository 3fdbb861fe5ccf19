package import KTOCore
package import KTOData
package import KTOTrain

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
      .section("model", \.model, "Which model, and how much of a conversation it reads.")
        .marked(.fixedByCheckpoint),
      // The manifest's root hash says which rows a run has, wherever they came from.
      .section("data", \.data, "From raw conversations to shards: what prepare does.")
        .marked(.mayChangeOnResume),
      .section("lora", \.lora, "The adapter that is trained; the model itself stays as it is."),
      .section("training", \.training, "The optimisation."),
      .section("kto", \.kto, "The loss (KTO, arXiv:2402.01306)."),
      .section("output", \.output, "Where train writes. Relative paths start at the current folder.")
        .marked(.mayChangeOnResume),
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
