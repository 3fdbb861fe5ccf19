internal import KTOCore
internal import KTOData
internal import KTOHub

/// What the user of a command can do about an error, in words of the command line, which libraries do not know.
func advice(on error: any Error) -> String? {
  switch error {
  case FileError.exists: "use --force to replace it"
  case PrepareError.outputExists: "use --force to replace what prepare wrote there"
  case HubError.notFound(let name, _): "or import a file: kto-data model import FILE.gguf --name \(name)"
  default: nil
  }
}
