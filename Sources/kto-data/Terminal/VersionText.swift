internal import KTOBuild
internal import KTOCore
internal import KTOModels
internal import KTOSchema
internal import KTOTokenizer

/// The libraries that are linked, each with the version that runs.
func linkedLibraries() -> [(name: String, version: String)] {
  // libcrypto calls itself OpenSSL.
  let crypto = libraryCryptoVersion()
  return [
    ("simdjson", libraryJSONVersion()), ("libxml2", libraryXMLVersion()), ("libyaml", libraryYAMLVersion()),
    ("OpenSSL", crypto.hasPrefix("OpenSSL ") ? String(crypto.dropFirst(8)) : crypto),
    ("Oniguruma", libraryPatternVersion()), ("libzip", libraryZipVersion()),
  ] + compressionLibraryVersions()
}

/// What `--version` prints.
func versionText() -> String {
  // OpenBLAS is loaded at the first product, which this is not.
  let lines =
    [
      "kto-data \(productVersion) (commit \(buildCommit))",
      "Swift standard library \(_SwiftStdlibVersion.current)",
    ]
    + linkedLibraries().map { "\($0.name) \($0.version)" }
    + ["OpenBLAS, which is loaded when numbers are computed; kto-data doctor names its version"]
  return lines.joined(separator: "\n")
}
