/// A family of models: how its `config.json` becomes a plan.
///
/// One file holds all that is true of an architecture, and ``Architectures/all`` lists it;
/// `docs/adding-an-architecture.md` says how one is added.
package protocol Architecture: Sendable {
  /// The values of `model_type` that it reads; the first is its name.
  static var modelTypes: [String] { get }

  /// What it is, in one line.
  static var summary: String { get }

  /// Refuses by name whatever would change the computation and is not computed here.
  static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan

  /// How GGUF files carry it; nil where they cannot be imported.
  static var gguf: GGUFForm? { get }
}

extension Architecture {
  package static var name: String { modelTypes[0] }
}
