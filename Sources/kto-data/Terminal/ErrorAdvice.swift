internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOModels
internal import KTOTables
internal import KTOTrain

/// What the user of a command can do about an error, in words of the command line, which libraries do not know.
func advice(on error: any Error) -> String? {
  switch error {
  case let error as ConfigurationError:
    // Nothing was read but the command line.
    error.diagnostics.contains {
      $0.code == Code.configurationMissingKey.id && $0.location?.file == "configuration"
    }
      ? "kto-data init DATA writes a configuration to use with --config" : nil
  case FileError.exists: "use --force to replace it"
  case FileError.cannotOpen(let path, _): question(nearestPath(to: path), or: nil)
  case IngestError.noFolder(let path, _): question(nearestPath(to: path), or: nil)
  case PrepareError.outputExists: "use --force to replace what prepare wrote there"
  case DuckDBError.unavailable: DuckDB.remedy
  case StatisticsError.otherTokenizer: "count all of them with one --model, or none of them"
  case HubError.notFound(let name, let root):
    question(HubCache(root: root).nearestName(to: name), or: nearestPath(to: name))
      ?? "or import a file: kto-data model import FILE.gguf --name \(name)"
  case HubError.invalidName(let name): question(nearestPath(to: name), or: nil)
  case TrainingError.outputExists(_, true): "go on from it with --resume, or replace it with --force"
  case TrainingError.outputExists(_, false): "use --force to replace it"
  case TrainingError.outputOfAnotherRun:
    "choose another folder in the output section, or use --force to replace it"
  case TrainingError.recordingFailed: "when that is put right, go on with --resume"
  case LoRAAdapter.Failure.missingModule:
    "name layers of the model in lora.target_modules; --set lora.target_modules=[all-linear] takes every one"
  case CheckpointError.differs(_, let differences): adviceOnAnotherRun(differences)
  case CheckpointError.damaged(_, _, let before?): "go on from it with --resume-from \(shellWord(before))"
  case CheckpointError.damaged(_, _, nil): "start anew with --force instead of --resume"
  case CheckpointError.invalid: "name another file"
  case CheckpointError.unsupportedVersion: "start anew with --force instead of --resume"
  default: nil
  }
}

private func question(_ first: String?, or second: String?) -> String? {
  (first ?? second).map { "did you mean \(excerpt($0, limit: 200))?" }
}

/// What lies under nearly the same name, where nothing is at the path itself; of several names that are wrong, each is
/// looked for in its folder.
private func nearestPath(to path: String) -> String? {
  guard !fileExists(path) else { return nil }
  var parts = path.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
  while parts.count > 1, parts.last == "" { parts.removeLast() }
  guard let name = parts.popLast(), !name.isEmpty else { return nil }
  var folder = parts == [""] ? "/" : parts.joined(separator: "/")
  if !folder.isEmpty, !fileExists(folder) {
    guard let near = nearestPath(to: folder) else { return nil }
    folder = near
  }
  let start = folder.isEmpty || folder == "/" ? folder : folder + "/"
  if fileExists(start + name) { return start + name }
  guard let names = try? folderEntries(folder.isEmpty ? "." : folder).map(\.name) else { return nil }
  return closest(to: name, in: names).map { start + $0 }
}

private func adviceOnAnotherRun(_ differences: [RunIdentity.Difference]) -> String {
  let anew = "or start anew with --force instead of --resume"
  guard differences.allSatisfy({ !$0.isFixed }) else { return "set them back, \(anew)" }
  return
    "set them back, allow them with --allow-changes \(differences.map(\.key).joined(separator: ",")), \(anew)"
}
