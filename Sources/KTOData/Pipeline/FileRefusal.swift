internal import KTOCore

/// Why nothing of one file is read: a finding of that file, after which the others are read.
struct FileRefusal: Error {
  var finding: Diagnostic

  init(
    _ code: Code, in file: String, at position: TextPosition? = nil, _ message: String, hint: String? = nil
  ) {
    let location = position?.location(in: file) ?? .whole(file)
    finding = Diagnostic(code, at: location, message: message, hint: hint)
  }
}

/// Opens a file and undoes its compression.
/// - Throws: `FileRefusal`; `FileError` for a file that is named.
func openSource(_ file: InputFile) throws -> InputSource {
  do {
    return try InputSource(file.path)
  } catch InputError.refused(_, let format) {
    throw FileRefusal(
      .unknownFormat, in: file.path, "this is \(format.name), which is not read",
      hint: format.remedy.map { "unpack or convert it first, for example: \($0)" })
  } catch let error as InputError {
    throw FileRefusal(.notParseable, in: file.path, error.cause)
  } catch let error as FileError where !file.isNamed {
    throw FileRefusal(.unreadable, in: file.path, "this is left out: \(error.reason)")
  }
}
