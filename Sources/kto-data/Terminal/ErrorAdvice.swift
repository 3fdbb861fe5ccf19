internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOTrain

/// What the user of a command can do about an error, in words of the command line, which libraries do not know.
func advice(on error: any Error) -> String? {
  switch error {
  case FileError.exists: "use --force to replace it"
  case PrepareError.outputExists: "use --force to replace what prepare wrote there"
  case IngestError.unknownFormat: "name its format with --format"
  case IngestError.ambiguousFormat: "choose one with --format"
  case HubError.notFound(let name, _): "or import a file: kto-data model import FILE.gguf --name \(name)"
  case TrainingError.outputExists(_, true): "go on from it with --resume, or replace it with --force"
  case TrainingError.outputExists(_, false): "use --force to replace it"
  case TrainingError.outputOfAnotherRun:
    "choose another folder in the output section, or use --force to replace it"
  case TrainingError.recordingFailed: "when that is put right, go on with --resume"
  case CheckpointError.differs(_, let differences): adviceOnAnotherRun(differences)
  case CheckpointError.invalid: "remove it to go on from the one before"
  case CheckpointError.unsupportedVersion: "start anew with --force instead of --resume"
  default: nil
  }
}

private func adviceOnAnotherRun(_ differences: [RunIdentity.Difference]) -> String {
  let anew = "or start anew with --force instead of --resume"
  guard differences.allSatisfy({ !$0.isFixed }) else { return "set them back, \(anew)" }
  return
    "set them back, allow them with --allow-changes \(differences.map(\.key).joined(separator: ",")), \(anew)"
}
