extension Code {
  package static let configurationNotYAML = Code(
    "C00", .error, "a configuration that is not accepted as YAML",
    why:
      "Nothing of the file can be used. Anchors, tags, repeated keys and second documents are refused as well: "
      + "each of them can make a file mean something other than what it seems to say.",
    example: "model: {name: a, name: b}",
    remedy: "Correct the YAML at the place that is named.")
  package static let configurationUnknownKey = Code(
    "C01", .error, "a key that the configuration does not have",
    why: "A misspelt key would silently leave its default in force.",
    example: "training: {max_step: 8}",
    remedy: "Use the key that the hint names, or remove the line.")
  package static let configurationWrongType = Code(
    "C02", .error, "a value of the wrong type",
    why: "A guess at what was meant could train something else than what was asked for.",
    example: "training: {max_steps: many}",
    remedy: "Write a value of the type that the message names.")
  package static let configurationOutOfRange = Code(
    "C03", .error, "a value that the key does not allow",
    why: "The run would fail later, or its result would mean nothing.",
    example: "training: {learning_rate: 2}",
    remedy: "Choose a value within what the message names.")
  package static let configurationMissingKey = Code(
    "C04", .error, "a required key that is missing",
    why: "There is no default that would suit every run.",
    example: "training: {max_steps: 8}",
    remedy: "Set the key in the file or on the command line.")
  package static let configurationConflict = Code(
    "C05", .error, "two keys that contradict each other",
    why: "Each value is allowed, but not beside the other one.",
    example: "kto: {lambda_d: 0, lambda_u: 0}",
    remedy: "Change one of the keys that the message names.")
}

/// What can be wrong with a configuration.
package let configurationCodes: [Code] = [
  .configurationNotYAML, .configurationUnknownKey, .configurationWrongType, .configurationOutOfRange,
  .configurationMissingKey, .configurationConflict,
]
