internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun

/// `--config FILE` and `--set KEY=VALUE`.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "The configuration: a YAML file.", discussion: "Every key has a default but model.name.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var path: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A key's value over the file's, as in --set training.max_steps=8; repeatable.", valueName: "key=value"))
  var overrides: [Override] = []

  /// What a command that can do without a model reads: `model.name` may be missing, and is empty then.
  /// - Throws: as `load`.
  func loadWithoutModel() throws -> RunConfiguration {
    do {
      return try load()
    } catch let error as ConfigurationError
      where error.diagnostics.map(\.code) == [Code.configurationMissingKey.id]
    {
      var loaded = try load(modelName: "none")
      loaded.model.name = ""
      return loaded
    }
  }

  var isGiven: Bool { path != nil || !overrides.isEmpty }

  /// Reads the file and the overrides.
  /// - Throws: `ConfigurationError` with every finding, `FileError`.
  /// - Parameter modelName: taken over both, where given.
  func load(modelName: String? = nil) throws -> RunConfiguration {
    // A JSON string is a YAML one, whatever characters the name has.
    let model = modelName.flatMap { ConfigurationOverride("model.name=" + JSONValue.string($0).jsonText) }
    return try RunConfiguration(path: path, overrides: overrides.map(\.value) + (model.map { [$0] } ?? []))
  }
}

struct Override: ExpressibleByArgument {
  var value: ConfigurationOverride

  init?(argument: String) {
    guard let value = ConfigurationOverride(argument) else { return nil }
    self.value = value
  }
}
