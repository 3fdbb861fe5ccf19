internal import Foundation
internal import KTOData
internal import KTOHub
internal import KTOTrain

/// The splits that `prepare` wrote, checked against their manifest and against the model that is to be trained.
struct PreparedData {
  let train: TrainingFeed
  let validation: TrainingFeed
  /// The manifest's root hash: everything that it says of the data.
  let root: String
  /// Tokens that the rows were cut to.
  let maxLength: Int

  /// - Parameter model: the model that is to be trained.
  /// - Throws: `TrainingError.notPrepared`, `.tokenizerDiffers`, `.templateDiffers`; `ShardError`, `FileError`,
  ///   `JSONSyntaxError`, and what loading the tokenizer throws.
  init(folder: String, model: ModelFolder) throws {
    guard FileManager.default.fileExists(atPath: folder + "/" + Manifest.fileName) else {
      throw TrainingError.notPrepared(folder: folder)
    }
    let manifest = try Manifest(unchangedIn: folder)
    let tokenizer = try ModelTokenizer(folder: model)
    guard manifest.model.tokenizerHash == tokenizer.tokenizerHash else {
      throw TrainingError.tokenizerDiffers(
        shards: PreparedFor(model: manifest.model.name, hash: manifest.model.tokenizerHash),
        model: PreparedFor(model: model.name, hash: tokenizer.tokenizerHash))
    }
    guard manifest.model.templateHash == tokenizer.templateHash else {
      throw TrainingError.templateDiffers(
        shards: PreparedFor(model: manifest.model.name, hash: manifest.model.templateHash),
        model: PreparedFor(model: model.name, hash: tokenizer.templateHash))
    }
    func feed(_ name: String) throws -> TrainingFeed {
      guard let split = manifest.splits.first(where: { $0.name == name }) else { return TrainingFeed([]) }
      return try TrainingFeed(shards: folder + "/" + name, split: split)
    }
    train = try feed("train")
    validation = try feed("validation")
    root = manifest.root
    maxLength = manifest.maxLength
  }

  /// What a run reports of its data.
  func loaded(maxLength: Int) -> TrainingEvent {
    .dataLoaded(
      rows: train.rows.count, desirable: train.rows.count { $0.label },
      undesirable: train.rows.count { !$0.label }, validationRows: validation.rows.count,
      truncated: train.rows.count { $0.promptLength + $0.completionLength > maxLength })
  }
}
